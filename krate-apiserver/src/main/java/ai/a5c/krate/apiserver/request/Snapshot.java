package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.watch.WatchFilter;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A collection as of one revision, read a page at a time and filtered. Used by one thread.
 *
 * <p>The first page is read at once, so that what is wrong with the request shows before anything
 * is answered.
 */
final class Snapshot implements Iterator<StoredObject> {
  private static final int PAGE = 500;

  private final Objects objects;
  private final WatchFilter filter;
  private final Revision at;
  private final int size;

  /** Whether one object is asked for by its name: the rest of the collection is not read. */
  private final boolean single;

  private long left;
  private Listing page;
  private int index;
  private @Nullable StoredObject given;
  private @Nullable StoredObject ready;

  /** Where the reading was given up. */
  private ListRequest.@Nullable Place stopped;

  /**
   * The part of a collection that is wanted.
   *
   * @param after where to go on; null from the beginning
   * @param at the revision to read at; null for the newest
   * @param limit how many objects will be asked for; 0 for all
   * @param most how many objects are looked at, at most, before the rest is left to the next page
   */
  record Part(ListRequest.@Nullable Place after, @Nullable Revision at, long limit, long most) {
    /** Everything there is now. */
    static final Part ALL = new Part(null, null, 0, Long.MAX_VALUE);
  }

  /** Reads the first page. */
  Snapshot(Objects objects, WatchFilter filter, Part part) {
    this.objects = objects;
    this.filter = filter;
    this.left = part.most();
    String name = filter.name();
    this.single =
        name != null
            && isPlain(name)
            && part.after() == null
            && (filter.namespace() != null || !filter.kind().namespaced());
    boolean few =
        part.limit() > 0 && part.limit() < PAGE && name == null && filter.selector() == null;
    this.size = single ? 1 : few ? (int) part.limit() + 1 : PAGE;
    ListRequest.Place from = single && name != null ? justBefore(filter, name) : part.after();
    this.page = objects.list(filter.kind(), filter.namespace(), from, size, part.at());
    this.at = page.at();
    this.ready = advance();
  }

  /** The revision that all of it is read at. */
  Revision at() {
    return at;
  }

  /** Where another page begins; empty if there is nothing more. */
  Optional<ListRequest.Place> rest() {
    if (stopped != null && ready == null) {
      return Optional.of(stopped);
    }
    StoredObject last = given;
    return ready == null || last == null ? Optional.empty() : Optional.of(place(last));
  }

  @Override
  public boolean hasNext() {
    return ready != null;
  }

  @Override
  public StoredObject next() {
    StoredObject next = ready;
    if (next == null) {
      throw new NoSuchElementException();
    }
    given = next;
    ready = advance();
    return next;
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < '~');
  }

  /** A place that no name can have, with nothing but the name itself right behind it. */
  private static ListRequest.Place justBefore(WatchFilter filter, String name) {
    int last = name.length() - 1;
    String namespace = filter.namespace();
    return new ListRequest.Place(
        namespace == null ? "" : namespace,
        name.substring(0, last) + (char) (name.charAt(last) - 1) + '~');
  }

  private static ListRequest.Place place(StoredObject object) {
    return new ListRequest.Place(object.key().namespace(), object.key().name());
  }

  private @Nullable StoredObject advance() {
    while (true) {
      while (index < page.objects().size()) {
        StoredObject object = page.objects().get(index++);
        left--;
        if (isWanted(object)) {
          return object;
        }
        if (left <= 0) {
          stopped = place(object);
          return null;
        }
      }
      if (single || !page.more() || page.objects().isEmpty()) {
        return null;
      }
      ListRequest.Place last = place(page.objects().getLast());
      page = objects.list(filter.kind(), filter.namespace(), last, size, at);
      index = 0;
    }
  }

  private boolean isWanted(StoredObject object) {
    Kind kind = filter.kind();
    return filter.admits(object.key())
        && (filter.selector() == null || filter.selects(objects.read(kind, object)));
  }
}
