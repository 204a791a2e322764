/** A database that Krate starts and stops itself. */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.database;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
