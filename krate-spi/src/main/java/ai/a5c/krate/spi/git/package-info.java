/** The Git backend: objects, packs, the smart protocol and merging. Refs live in the store. */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.git;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
