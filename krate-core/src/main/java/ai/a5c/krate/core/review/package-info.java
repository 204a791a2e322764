/** Pull requests, their reviews and checks, and issues. */
@NullMarked
package ai.a5c.krate.core.review;

import org.jspecify.annotations.NullMarked;
