package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The ref rows of one repository, read page by page. */
final class StoredRefs {
  private final RecordStore store;
  private final Uid repository;
  private final int page;

  StoredRefs(RecordStore store, Uid repository, int page) {
    this.store = store;
    this.repository = repository;
    this.page = page;
  }

  Uid repository() {
    return repository;
  }

  Optional<ObjectId> at(RefName name) {
    return store.ref(repository, name);
  }

  boolean anyWithPrefix(String prefix) {
    return !store.refs(repository, prefix, null, 1).refs().isEmpty();
  }

  /** All refs whose names begin with a prefix and are wanted, by name. */
  SortedMap<RefName, ObjectId> all(String prefix, Predicate<RefName> wanted) {
    var found = new TreeMap<RefName, ObjectId>();
    for (Map.Entry<RefName, ObjectId> ref : each(prefix)) {
      if (wanted.test(ref.getKey())) {
        found.put(ref.getKey(), ref.getValue());
      }
    }
    return found;
  }

  /** The refs under a prefix, the next page read only when the one before it is used up. */
  Iterable<Map.Entry<RefName, ObjectId>> each(String prefix) {
    return () -> new Pages(prefix);
  }

  private final class Pages implements Iterator<Map.Entry<RefName, ObjectId>> {
    private final String prefix;
    private Iterator<Map.Entry<RefName, ObjectId>> current =
        Map.<RefName, ObjectId>of().entrySet().iterator();
    private @Nullable RefName last;
    private boolean ended;

    Pages(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public boolean hasNext() {
      if (current.hasNext()) {
        return true;
      }
      if (ended) {
        return false;
      }
      RefListing next = store.refs(repository, prefix, last, page);
      ended = next.refs().size() < page;
      if (!next.refs().isEmpty()) {
        last = next.refs().lastKey();
      }
      current = next.refs().entrySet().iterator();
      return current.hasNext();
    }

    @Override
    public Map.Entry<RefName, ObjectId> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return current.next();
    }
  }
}
