/** The key service that wraps the data keys of documents sealed at rest. */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.seal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
