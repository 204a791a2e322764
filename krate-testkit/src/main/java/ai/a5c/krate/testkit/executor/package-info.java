/** Runners for tests of everything above them. */
@NullMarked
package ai.a5c.krate.testkit.executor;

import org.jspecify.annotations.NullMarked;
