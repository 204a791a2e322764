/** Tests of the room of pull requests and issues. */
@NullMarked
package ai.a5c.krate.core.review;

import org.jspecify.annotations.NullMarked;
