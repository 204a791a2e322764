/** The laws of {@code ai.a5c.krate.spi.executor}, and what it takes to test them. */
@NullMarked
package ai.a5c.krate.testkit.executor;

import org.jspecify.annotations.NullMarked;
