/**
 * The published contract of {@code ai.a5c.krate.spi.storage}, and a store in memory that keeps it.
 */
@NullMarked
package ai.a5c.krate.testkit.storage;

import org.jspecify.annotations.NullMarked;
