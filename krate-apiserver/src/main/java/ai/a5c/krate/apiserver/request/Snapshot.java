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
 * <p>The first page is read at once, so that what is wrong with the request shows before anything is answered.
 */
final class Snapshot implements Iterator<StoredObject> {
  private static final int PAGE = 500;

  private final Objects objects;
  private final WatchFilter filter;
  private final Revision at;
  private Listing page;
  private int index;
  private @Nullable StoredObject ready;

  /**
   * Reads the first page.
   *
   * @param after where to go on; null from the beginning
   * @param wanted the revision to read at; null for the newest
   */
  Snapshot(
      Objects objects, WatchFilter filter, ListRequest.@Nullable Place after, @Nullable Revision wanted) {
    this.objects = objects;
    this.filter = filter;
    this.page = objects.list(filter.kind(), filter.namespace(), after, PAGE, wanted);
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
      if (!page.more() || page.objects().isEmpty()) {
        return null;
      }
      StoredObject last = page.objects().getLast();
      ListRequest.Place place = new ListRequest.Place(last.key().namespace(), last.key().name());
      page = objects.list(kind, filter.namespace(), place, PAGE, at);
      index = 0;
    }
  }
}
