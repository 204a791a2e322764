package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A document as it was committed.
 *
 * @param key where it is stored
 * @param revision of the change that wrote it
 * @param content complete: no slot is left
 * @param storageVersion the form of the content
 * @param keyId the key that the content is sealed with, null if it is not sealed
 */
public record StoredObject(
    Key<?> key, Revision revision, Bytes content, String storageVersion, @Nullable String keyId) {}
