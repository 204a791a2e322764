package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.GroupResource;
import java.util.Optional;
import java.util.function.Function;

/**
 * What bounds the right to a kind's objects: each belongs to one object of another kind in its
 * namespace, and who does something with it needs the same verb there too, on the subresource that
 * is named like the kind's plural. Who has that right without a name has it for all of them.
 *
 * @param resource of the other kind
 * @param owner the name of the object that one belongs to, from what only the server writes; empty
 *     if it belongs to none, and then only the right without a name is enough
 */
public record Scope(GroupResource resource, Function<ApiObject, Optional<String>> owner) {}
