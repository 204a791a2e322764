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

  private Listing page;
  private int index;
  private @Nullable StoredObject ready;

  /**
   * Reads the first page.
   *
   * @param after where to go on; null from the beginning
   * @param wanted the revision to read at; null for the newest
   * @param limit how many objects will be asked for; 0 for all
   */
  Snapshot(
      Objects objects,
      WatchFilter filter,
      ListRequest.@Nullable Place after,
      @Nullable Revision wanted,
      long limit) {
    this.objects = objects;
    this.filter = filter;
    String name = filter.name();
    this.single =
        name != null
            && isPlain(name)
            && after == null
            && (filter.namespace() != null || !filter.kind().namespaced());
    boolean few = limit > 0 && limit < PAGE && name == null && filter.selector() == null;
    this.size = single ? 1 : few ? (int) limit + 1 : PAGE;
    ListRequest.Place from = single && name != null ? justBefore(filter, name) : after;
    this.page = objects.list(filter.kind(), filter.namespace(), from, size, wanted);
    this.at = page.at();
    this.ready = advance();
  }

  /** The revision that all of it is read at. */
  Revision at() {
    return at;
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

  private @Nullable StoredObject advance() {
    Kind kind = filter.kind();
    while (true) {
      while (index < page.objects().size()) {
        StoredObject object = page.objects().get(index++);
        if (filter.admits(object.key())
            && (filter.selector() == null || filter.selects(objects.read(kind, object)))) {
          return object;
        }
      }
      if (single || !page.more() || page.objects().isEmpty()) {
        return null;
      }
      StoredObject last = page.objects().getLast();
      ListRequest.Place place = new ListRequest.Place(last.key().namespace(), last.key().name());
      page = objects.list(kind, filter.namespace(), place, size, at);
      index = 0;
    }
  }
}
