/** The issuer of short-lived tokens, by which people prove who they are. */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.token;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
