package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The subscriptions, and the repositories by uid, as they were at the position in the log that has
 * been read: an event is for those who were there when it happened. Used by one thread.
 */
final class Subscribers {
  private static final int PAGE = 500;

  private final HookKinds kinds;
  private final Objects objects;
  private final Map<String, Map<String, Subscriber>> byNamespace = new HashMap<>();
  private final Map<Uid, ObjectName> repositories = new HashMap<>();

  Subscribers(HookKinds kinds, Objects objects) {
    this.kinds = kinds;
    this.objects = objects;
  }

  /** Reads all of them as of the revision. */
  void load(Revision at) {
    byNamespace.clear();
    repositories.clear();
    each(kinds.subscription(), at, this::put);
    each(
        kinds.repository(), at, repository -> repositories.put(repository.uid(), name(repository)));
  }

  /** Follows a change of the log. */
  void apply(Change.ObjectChanged change) {
    GroupResource resource = change.object().key().resource();
    boolean gone = change.type() == Change.Type.DELETED;
    if (resource.equals(kinds.subscription().resource())) {
      if (gone) {
        in(change.object().key().namespace()).remove(change.object().key().name());
      } else {
        put(objects.read(kinds.subscription(), change.object()));
      }
    } else if (resource.equals(kinds.repository().resource())) {
      ApiObject repository = objects.read(kinds.repository(), change.object());
      if (gone) {
        repositories.remove(repository.uid());
      } else {
        repositories.put(repository.uid(), name(repository));
      }
    }
  }

  Optional<ObjectName> repository(Uid uid) {
    return Optional.ofNullable(repositories.get(uid));
  }

  Optional<Subscriber> get(ObjectName name) {
    return Optional.ofNullable(
        byNamespace.getOrDefault(name.namespace(), Map.of()).get(name.name()));
  }

  /** The subscriptions of a namespace, by name. */
  Collection<Subscriber> of(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of()).values();
  }

  /** The names of all. */
  List<ObjectName> names() {
    return byNamespace.values().stream()
        .flatMap(some -> some.values().stream())
        .map(Subscriber::name)
        .toList();
  }

  private void put(ApiObject object) {
    Subscriber subscriber = Subscriber.of(object);
    in(object.namespace()).put(object.name(), subscriber);
  }

  private Map<String, Subscriber> in(String namespace) {
    return byNamespace.computeIfAbsent(namespace, any -> new TreeMap<>());
  }

  private void each(Kind kind, Revision at, Consumer<ApiObject> taker) {
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind, null, after, PAGE, at);
      for (StoredObject object : page.objects()) {
        taker.accept(objects.read(kind, object));
        after = new ListRequest.Place(object.key().namespace(), object.key().name());
      }
    } while (page.more());
  }

  private static ObjectName name(ApiObject object) {
    return new ObjectName(object.namespace(), object.name());
  }
}
