/**
 * Who is alive: the one way in which servers on one database find out that another one died.
 *
 * <p>Its laws are the numbered rules of {@code LeasesContract} in krate-testkit.
 */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.lease;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
