package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.LinkedHashSet;
import java.util.Set;

/** What transactions read and write, in layers. */
record BatchState(
    Layer<Key<?>, StoredObject> objects,
    Layer<Ref, ObjectId> refs,
    Layer<String, Long> counters,
    Layer<String, String> streams) {

  /** A ref of a repository. */
  record Ref(Uid repository, RefName name) {}

  /** What is to be read before a batch can be decided. */
  record Wanted(Set<Key<?>> objects, Set<Ref> refs, Set<String> counters, Set<String> streams) {
    static Wanted nothing() {
      return new Wanted(
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>());
    }

    void add(Wanted other) {
      objects.addAll(other.objects);
      refs.addAll(other.refs);
      counters.addAll(other.counters);
      streams.addAll(other.streams);
    }

    boolean isEmpty() {
      return objects.isEmpty() && refs.isEmpty() && counters.isEmpty() && streams.isEmpty();
    }
  }

  static BatchState base() {
    return new BatchState(Layer.base(), Layer.base(), Layer.base(), Layer.base());
  }

  BatchState above() {
    return new BatchState(objects.above(), refs.above(), counters.above(), streams.above());
  }

  void settle() {
    objects.settle();
    refs.settle();
    counters.settle();
    streams.settle();
  }
}
