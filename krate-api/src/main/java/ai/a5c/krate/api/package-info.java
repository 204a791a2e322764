/** The endpoint that everything speaks through, and who speaks. */
@NullMarked
package ai.a5c.krate.api;

import org.jspecify.annotations.NullMarked;
