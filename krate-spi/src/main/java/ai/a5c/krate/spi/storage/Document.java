package ai.a5c.krate.spi.storage;

import org.jspecify.annotations.Nullable;

/**
 * What is to be stored under a key.
 *
 * @param content opaque to the store but for its slots
 * @param storageVersion the form of the content, so that a reader can convert an older one
 * @param keyId the key that the content is sealed with, null if it is not sealed; sealed content
 *     has no slots
 */
public record Document(Template content, String storageVersion, @Nullable String keyId) {}
