package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.watch.WatchFilter;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.apiserver.watch.WatchStream;
import ai.a5c.krate.apiserver.watch.WatchStream.Bookmarks;
import ai.a5c.krate.apiserver.wire.FieldSelector;
import ai.a5c.krate.apiserver.wire.LabelSelector;
import ai.a5c.krate.apiserver.wire.ListOptions;
import ai.a5c.krate.apiserver.wire.Negotiation;
import ai.a5c.krate.apiserver.wire.ReadPoint;
import ai.a5c.krate.apiserver.wire.WatchOptions;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers get, list and watch: readings of what is committed, off the road. */
final class Reads {
  private static final Duration FUTURE_PATIENCE = Duration.ofSeconds(3);
  private static final int SHORTEST_MINUTES = 30;

  /** How long a readout may be followed; then its client comes back for the rest. */
  private static final Duration LONGEST_READING = Duration.ofHours(4);

  /** The most objects that a page looks at for somebody who does not see all of them. */
  private static final long MOST_FILTERED = 10_000;

  /** How often a list is read for somebody whose rights change all the time. */
  private static final int MOST_TRIES = 5;

  private final Objects objects;
  private final Hubs hubs;
  private final Authenticator authenticator;
  private final Authorizer authorizer;
  private final ContinueSeal seal;
  private final Environment environment;

  Reads(
      Objects objects,
      Hubs hubs,
      Authenticator authenticator,
      Authorizer authorizer,
      Environment environment) {
    this.objects = objects;
    this.hubs = hubs;
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.seal = new ContinueSeal(objects.keys());
    this.environment = environment;
  }

  /** What is kept from the subject answers like what is missing. */
  ApiResponse get(Request request, Target target, Sight sight) {
    Kind kind = target.kind();
    Rendering rendering = rendering(request, kind, Negotiation.Answer.OBJECT);
    awaitFresh(kind, ReadPoint.notOlderThan(request.query().resourceVersion()));
    ApiObject object = visible(target, sight);
    return Responses.json(request.requestId(), 200, rendering.object(object.json()), List.of());
  }

  /** Whose object is kept from the subject, so is what belongs to it. */
  ApiResponse readout(Request request, Target target, Sight sight, Readout readout) {
    Readout.Reading reading = readout.open(visible(target, sight), request.query());
    return Responses.stream(
        request.requestId(),
        readout.subresource().mediaType(),
        new ReadoutStream(
            reading,
            lasting(LONGEST_READING, request.caller()),
            new Vigil(authorizer, sight),
            environment.nanos()));
  }

  private ApiObject visible(Target target, Sight sight) {
    return objects
        .get(target.kind(), target.namespace(), target.name())
        .filter(sight)
        .orElseThrow(
            () -> new ApiException(new Problem.NotFound(target.kind().resource(), target.name())));
  }

  ApiResponse list(Request request, Target target, Sight sight) {
    Kind kind = target.kind();
    ListOptions options = ListOptions.parse(request.query(), kind);
    Rendering rendering = rendering(request, kind, Negotiation.Answer.LIST);
    Collection collection = collection(target, options, sight);
    return Responses.stream(
        request.requestId(),
        Responses.JSON,
        new ListStream(collection, rendering, options.limit()));
  }

  /**
   * The objects that a list or a deletion of a collection is about. What is left out is left out by
   * the rights of the snapshot's revision, so that a watch can go on from there: if they changed
   * meanwhile, it is read again.
   */
  Collection collection(Target target, ListOptions options, Sight sight) {
    if (sight.isFull()) {
      return read(target, options, sight);
    }
    Attributes asked = sight.asked();
    for (int tries = 1; ; tries++) {
      long since = authorizer.changed(asked.subject(), asked.namespace());
      Collection read = read(target, options, sight.again());
      authorizer.awaitKnown(read.snapshot().at());
      if (tries == MOST_TRIES || authorizer.changed(asked.subject(), asked.namespace()) == since) {
        return read;
      }
    }
  }

  private Collection read(Target target, ListOptions options, Sight sight) {
    WatchFilter filter = filter(target, options.labels(), options.fields(), sight);
    ContinueSeal.Bound bound = seal.bound(binding(target, options, sight));
    boolean bounded = options.limit() > 0 && !sight.isFull();
    long most = bounded ? Math.max(MOST_FILTERED, options.limit()) : Long.MAX_VALUE;
    Snapshot snapshot =
        options.continueToken().isEmpty()
            ? begun(filter, options, most)
            : resumed(filter, options, most, bound);
    return new Collection(snapshot, bound);
  }

  /** A token is good for the same list of the same subject. */
  private static String binding(Target target, ListOptions options, Sight sight) {
    Subject subject = sight.asked().subject();
    return String.join(
        "\0",
        target.kind().resource().toString(),
        target.namespace(),
        options.labels().toString(),
        options.fields().toString(),
        subject.issuer(),
        subject.name());
  }

  private Snapshot begun(WatchFilter filter, ListOptions options, long most) {
    Kind kind = filter.kind();
    Revision at = options.at() instanceof ReadPoint.Exact(var exact) ? exact : null;
    if (at == null) {
      awaitFresh(kind, options.at());
    } else {
      awaitFresh(kind, new ReadPoint.NotOlderThan(at));
    }
    try {
      return new Snapshot(objects, filter, new Snapshot.Part(null, at, options.limit(), most));
    } catch (CompactedException e) {
      throw new ApiException(new Problem.Expired("the resource version " + at + " is too old", ""));
    }
  }

  private Snapshot resumed(
      WatchFilter filter, ListOptions options, long most, ContinueSeal.Bound bound) {
    ContinueToken token = bound.open(options.continueToken());
    if (token.at().isAfter(objects.store(filter.kind()).head())) {
      throw new ApiException(new Problem.BadRequest("continue key is not valid"));
    }
    try {
      return new Snapshot(
          objects, filter, new Snapshot.Part(token.after(), token.at(), options.limit(), most));
    } catch (CompactedException e) {
      Revision head = objects.store(filter.kind()).head();
      throw new ApiException(
          new Problem.Expired(
              "the provided continue parameter is too old to display a consistent list result;"
                  + " start a new list without it, or use the one in this answer for an"
                  + " inconsistent rest",
              bound.seal(new ContinueToken(head, token.after()))));
    }
  }

  ApiResponse watch(Request request, Target target, Sight sight) {
    Kind kind = target.kind();
    WatchOptions options = WatchOptions.parse(request.query(), kind);
    Rendering rendering = rendering(request, kind, Negotiation.Answer.WATCH);
    WatchFilter filter = filter(target, options.labels(), options.fields(), sight);
    Vigil vigil = new Vigil(authorizer, sight);
    WatchStream.Source source = source(kind, filter, options.start(), vigil);
    Bookmarks bookmarks =
        !options.bookmarks()
            ? Bookmarks.NONE
            : options.start() instanceof WatchOptions.Start.State state && state.endMarked()
                ? Bookmarks.PERIODIC_AND_INITIAL_END
                : Bookmarks.PERIODIC;
    Duration timeout = options.timeout();
    WatchStream stream =
        new WatchStream(
            source,
            filter,
            new EventFrames(rendering, request.requestId()),
            bookmarks,
            new WatchStream.Terms(lasting(timeout, request.caller()), vigil, environment.nanos()));
    return Responses.stream(request.requestId(), Responses.JSON, stream);
  }

  private WatchStream.Source source(
      Kind kind, WatchFilter filter, WatchOptions.Start start, Vigil vigil) {
    WatchHub hub = hubs.of(kind);
    return switch (start) {
      case WatchOptions.Start.State state -> {
        awaitFresh(kind, state.at());
        Snapshot snapshot = new Snapshot(objects, filter, Snapshot.Part.ALL);
        yield source(hub, snapshot.at(), snapshot);
      }
      case WatchOptions.Start.After after -> {
        vigil.requireSince(after.revision());
        awaitFresh(kind, new ReadPoint.NotOlderThan(after.revision()));
        yield source(hub, after.revision(), null);
      }
      case WatchOptions.Start.Now now -> source(hub, objects.store(kind).head(), null);
    };
  }

  private WatchStream.Source source(
      WatchHub hub, Revision after, @Nullable Iterator<StoredObject> initial) {
    try {
      return new WatchStream.Source(hub.from(after), initial, objects);
    } catch (CompactedException e) {
      throw new ApiException(
          new Problem.Expired("too old resource version: " + after + " (" + e.floor() + ")", ""));
    }
  }

  /** Watches end at different times, so that their clients do not all come back at once. */
  private Duration lasting() {
    return Duration.ofSeconds(
        Duration.ofMinutes(SHORTEST_MINUTES).toSeconds()
            + environment.random().nextLong(Duration.ofMinutes(SHORTEST_MINUTES).toSeconds()));
  }

  /** As long as the client wants, but no longer than its credential holds. */
  private Duration lasting(@Nullable Duration wanted, Caller caller) {
    Duration lasting = wanted != null ? wanted : lasting();
    Duration held =
        authenticator
            .expires(caller)
            .map(time -> Duration.between(environment.clock().instant(), time))
            .orElse(lasting);
    if (held.isNegative()) {
      return Duration.ZERO;
    }
    return held.compareTo(lasting) < 0 ? held : lasting;
  }

  private void awaitFresh(Kind kind, ReadPoint point) {
    if (!(point instanceof ReadPoint.NotOlderThan(var wanted))) {
      return;
    }
    Revision head = objects.store(kind).head();
    if (!wanted.isAfter(head)) {
      return;
    }
    try {
      if (hubs.of(kind).awaitReached(wanted, FUTURE_PATIENCE.toNanos())) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String message = "Too large resource version: " + wanted + ", current: " + head;
    throw new ApiException(
        new Problem.Timeout(
            "Timeout: " + message,
            List.of(
                new FieldError(
                    FieldError.Reason.RESOURCE_VERSION_TOO_LARGE,
                    "",
                    "Too large resource version"))));
  }

  private Rendering rendering(Request request, Kind kind, Negotiation.Answer answer) {
    return Rendering.of(request, kind, answer, objects, environment.clock());
  }

  private static WatchFilter filter(
      Target target, LabelSelector labels, FieldSelector fields, Sight sight) {
    @Nullable Predicate<ApiObject> selector = null;
    if (!labels.isEverything() || !fields.isEverything()) {
      selector = object -> labels.matches(object.json()) && fields.matches(object.json());
    }
    if (!sight.isFull()) {
      selector = selector == null ? sight : selector.and(sight);
    }
    String namespace = target.namespace().isEmpty() ? null : target.namespace();
    return new WatchFilter(target.kind(), namespace, fields.requiredName().orElse(null), selector);
  }
}
