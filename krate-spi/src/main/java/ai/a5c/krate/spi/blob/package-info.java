/**
 * Streams of bytes that only grow, outside the change log: what jobs print.
 *
 * <p>A store knows names, offsets and bytes; whose they are and who may read them is decided above
 * it. Its laws are the numbered rules of {@code BlobStoreContract} in krate-testkit.
 */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.blob;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
