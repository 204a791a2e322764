package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.Kind;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a watch asks for.
 *
 * @param bookmarks whether the client understands them
 * @param timeout after which the server ends the watch; null if the server decides
 */
public record WatchOptions(
    Start start,
    LabelSelector labels,
    FieldSelector fields,
    boolean bookmarks,
    @Nullable Duration timeout) {
  private static final long MAX_TIMEOUT_SECONDS = Duration.ofDays(1).toSeconds();

  /** Where the events begin. */
  public sealed interface Start {
    /**
     * An ADDED for each object that there is, then every change after that state.
     *
     * @param at how fresh the state must be
     * @param endMarked whether a bookmark with {@code k8s.io/initial-events-end} follows the state;
     *     only for a client that understands bookmarks
     */
    record State(ReadPoint at, boolean endMarked) implements Start {}

    /** Every change after this revision. */
    record After(Revision revision) implements Start {}

    /** Every change from now on. */
    record Now() implements Start {}
  }

  /** Whether a request for a collection asks for a watch. */
  public static boolean requested(Query query) {
    return query.flag("watch");
  }

  /**
   * Reads {@code resourceVersion}, {@code resourceVersionMatch}, {@code sendInitialEvents}, {@code
   * allowWatchBookmarks}, {@code timeoutSeconds}, {@code labelSelector} and {@code fieldSelector};
   * other parameters say nothing. A timeout of more than a day is a day.
   *
   * @throws ApiException BadRequest if one is malformed; Invalid, of kind ListOptions, if they do
   *     not go together
   */
  public static WatchOptions parse(Query query, Kind kind) {
    OptionalLong resourceVersion = query.resourceVersion();
    OptionalLong seconds = query.number("timeoutSeconds");
    LabelSelector labels = LabelSelector.parse(query.text("labelSelector"));
    FieldSelector fields = FieldSelector.parse(query.text("fieldSelector"), kind);
    check(query);
    Duration timeout =
        seconds.orElse(0) > 0
            ? Duration.ofSeconds(Math.min(seconds.getAsLong(), MAX_TIMEOUT_SECONDS))
            : null;
    boolean bookmarks = query.flag("allowWatchBookmarks");
    return new WatchOptions(
        start(query, resourceVersion, bookmarks), labels, fields, bookmarks, timeout);
  }

  private static void check(Query query) {
    OptionErrors errors = new OptionErrors("ListOptions");
    String field = "resourceVersionMatch";
    String match = query.text(field);
    boolean initialEvents = query.has("sendInitialEvents");
    if (initialEvents && !match.equals(ListOptions.NOT_OLDER_THAN)) {
      errors.forbidden(
          field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (!match.isEmpty()) {
      if (!initialEvents) {
        errors.forbidden(
            field,
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
      }
      if (!match.equals(ListOptions.NOT_OLDER_THAN)) {
        errors.notSupported(field, match, List.of(ListOptions.NOT_OLDER_THAN));
      }
      if (!query.text("continue").isEmpty()) {
        errors.forbidden(field, "resourceVersionMatch is forbidden when continue is provided");
      }
    }
    errors.check();
  }

  private static Start start(Query query, OptionalLong resourceVersion, boolean bookmarks) {
    long revision = resourceVersion.orElse(0);
    if (query.has("sendInitialEvents")) {
      if (query.flag("sendInitialEvents")) {
        return new Start.State(ReadPoint.notOlderThan(resourceVersion), bookmarks);
      }
      return revision > 0 ? new Start.After(new Revision(revision)) : new Start.Now();
    }
    return revision > 0
        ? new Start.After(new Revision(revision))
        : new Start.State(ReadPoint.notOlderThan(resourceVersion), false);
  }
}
