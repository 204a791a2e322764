/** The contract of Git backends, and the real client that it is tried with. */
@NullMarked
package ai.a5c.krate.testkit.git;

import org.jspecify.annotations.NullMarked;
