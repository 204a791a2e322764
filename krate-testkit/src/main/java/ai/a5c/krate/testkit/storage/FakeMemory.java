package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeStorage} has stored. Everything is read and written under the lock. */
final class FakeMemory {
  private static final Comparator<String> BY_BYTES =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  private static final Comparator<ListRequest.Place> BY_PLACE =
      Comparator.comparing(ListRequest.Place::namespace, BY_BYTES)
          .thenComparing(ListRequest.Place::name, BY_BYTES);

  final ReentrantLock lock = new ReentrantLock();
  final Condition grown = lock.newCondition();

  private final Map<GroupResource, SortedMap<ListRequest.Place, StoredObject>> collections =
      new HashMap<>();
  private final Map<Uid, SortedMap<RefName, ObjectId>> refs = new HashMap<>();
  private final Map<String, Long> counters = new HashMap<>();
  private final Map<String, String> streams = new HashMap<>();
  private final SortedMap<String, ByteArrayOutputStream> blobs = new TreeMap<>();

  /** The change of revision {@code floor + 1} comes first. */
  private final List<Change> changes = new ArrayList<>();

  private long floor;

  long head() {
    return floor + changes.size();
  }

  @Nullable StoredObject object(GroupResource resource, ListRequest.Place place) {
    return collection(resource).get(place);
  }

  @Nullable ObjectId ref(Uid repository, RefName name) {
    return refs(repository).get(name);
  }

  SortedMap<RefName, ObjectId> refs(Uid repository) {
    return refs.computeIfAbsent(
        repository, any -> new TreeMap<>(Comparator.comparing(RefName::value, BY_BYTES)));
  }

  long counter(String name) {
    return counters.getOrDefault(name, 0L);
  }

  String streamHead(String stream) {
    return streams.getOrDefault(stream, "0".repeat(64));
  }

  /** The byte streams outside the log, by name. */
  SortedMap<String, ByteArrayOutputStream> blobs() {
    return blobs;
  }

  void apply(
      List<Change> committed, Map<String, Long> newCounters, Map<String, String> newStreams) {
    for (Change change : committed) {
      switch (change) {
        case Change.ObjectChanged changed -> put(changed);
        case Change.RefMoved moved -> move(moved);
      }
    }
    changes.addAll(committed);
    counters.putAll(newCounters);
    streams.putAll(newStreams);
    grown.signalAll();
  }

  /** At most {@code limit} changes after the position. */
  List<Change> after(long position, int limit) {
    if (position < floor) {
      throw new CompactedException(new Revision(floor));
    }
    int from = (int) (position - floor);
    return List.copyOf(changes.subList(from, Math.min(changes.size(), from + limit)));
  }

  void compact(long upTo) {
    long wanted = Math.min(upTo, head());
    for (Map.Entry<String, Long> counter : counters.entrySet()) {
      if (counter.getKey().startsWith("cursor/")) {
        wanted = Math.min(wanted, counter.getValue());
      }
    }
    if (wanted > floor) {
      changes.subList(0, (int) (wanted - floor)).clear();
      floor = wanted;
    }
  }

  Listing list(ListRequest request) {
    long at = request.at() == null ? head() : request.at().value();
    if (at > head()) {
      throw new IllegalArgumentException("revision " + at + " is still to come");
    }
    if (at < floor) {
      throw new CompactedException(new Revision(floor));
    }
    var found = new ArrayList<StoredObject>();
    boolean more = false;
    for (var entry : asOf(request.resource(), at).entrySet()) {
      ListRequest.Place place = entry.getKey();
      boolean wanted =
          (request.namespace() == null || request.namespace().equals(place.namespace()))
              && (request.after() == null || BY_PLACE.compare(place, request.after()) > 0);
      if (wanted && found.size() == request.limit()) {
        more = true;
        break;
      }
      if (wanted) {
        found.add(entry.getValue());
      }
    }
    return new Listing(found, new Revision(at), more);
  }

  private SortedMap<ListRequest.Place, StoredObject> asOf(GroupResource resource, long at) {
    var state = new TreeMap<ListRequest.Place, StoredObject>(BY_PLACE);
    state.putAll(collection(resource));
    for (Change change : changes.subList((int) (at - floor), changes.size()).reversed()) {
      if (change instanceof Change.ObjectChanged changed
          && changed.object().key().resource().equals(resource)) {
        StoredObject previous = changed.previous();
        if (previous == null) {
          state.remove(placeOf(changed.object()));
        } else {
          state.put(placeOf(previous), previous);
        }
      }
    }
    return state;
  }

  private void put(Change.ObjectChanged change) {
    StoredObject object = change.object();
    if (change.type() == Change.Type.DELETED) {
      collection(object.key().resource()).remove(placeOf(object));
    } else {
      collection(object.key().resource()).put(placeOf(object), object);
    }
  }

  private void move(Change.RefMoved change) {
    ObjectId target = change.target();
    if (target == null) {
      refs(change.repository()).remove(change.ref());
    } else {
      refs(change.repository()).put(change.ref(), target);
    }
  }

  private SortedMap<ListRequest.Place, StoredObject> collection(GroupResource resource) {
    return collections.computeIfAbsent(resource, any -> new TreeMap<>(BY_PLACE));
  }

  private static ListRequest.Place placeOf(StoredObject object) {
    return new ListRequest.Place(object.key().namespace(), object.key().name());
  }
}
