package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.GroupResource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What bounds the right to a kind's objects: each belongs to one object of another kind in its
 * namespace, and who does something with it needs the same verb there too, on the subresource that
 * is named like the kind's plural. Who has that right without a name has it for all of them.
 *
 * @param resource of the other kind
 * @param owner the name of the object that one belongs to, from what only the server writes or what
 *     never changes; empty if it belongs to none, and then only the right without a name is enough
 * @param references the fields by which a new object says what it belongs to, such as {@code
 *     spec.repository}: what its writer may not read is told to be missing in the first of them
 *     that is filled in; empty if no field of the writer's says it
 */
public record Scope(
    GroupResource resource, Function<ApiObject, Optional<String>> owner, List<String> references) {
  public Scope {
    references = List.copyOf(references);
  }

  /** A scope whose objects are not put into it by a field that their writer fills in. */
  public Scope(GroupResource resource, Function<ApiObject, Optional<String>> owner) {
    this(resource, owner, List.of());
  }

  /** Objects that say in a text field of theirs what they belong to. */
  public static Scope of(GroupResource resource, String... field) {
    return new Scope(
        resource,
        object -> Optional.of(object.text(field)).filter(name -> !name.isEmpty()),
        List.of(String.join(".", field)));
  }
}
