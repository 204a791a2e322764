/** The backend, tried with the real {@code git} as client and as oracle. */
@NullMarked
package ai.a5c.krate.git;

import org.jspecify.annotations.NullMarked;
