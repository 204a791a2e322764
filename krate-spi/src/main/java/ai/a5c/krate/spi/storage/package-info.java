/**
 * The store: one change log of opaque documents and Git refs.
 *
 * <p>A store knows keys, bytes and revisions; it knows no kind and no JSON. Its laws are the
 * numbered rules of {@code ResourceStoreContract} in krate-testkit.
 */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.storage;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
