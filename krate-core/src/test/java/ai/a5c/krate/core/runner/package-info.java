/** What the room of runners promises. */
@NullMarked
package ai.a5c.krate.core.runner;

import org.jspecify.annotations.NullMarked;
