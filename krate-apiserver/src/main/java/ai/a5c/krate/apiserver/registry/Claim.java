package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.GroupResource;

/**
 * A further right that an object asks of its writer, in the object's own namespace, because it
 * speaks of something that the resource alone does not name.
 *
 * @param subresource may be empty
 * @param name of the object that the right is about
 */
public record Claim(String verb, GroupResource resource, String subresource, String name) {}
