package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.admission.MutatingAdmission;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.Subresource;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.apiserver.wire.WatchOptions;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Kubernetes API for a set of kinds: discovery, OpenAPI, reading, watching and the road of every
 * mutation.
 *
 * <p>Knows kinds only as declarations. May be used from many threads at once; {@link #close} ends
 * its watches.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final int HUB_CAPACITY = 16_384;
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Parts parts;
  private final Kinds kinds;
  private final Map<Kind, Registration> registrations = new LinkedHashMap<>();
  private final Hubs hubs;
  private final Road road;
  private final Intents intents;
  private final Reads reads;
  private final Writes writes;
  private final Deletions deletions;
  private final Reviews reviews;
  private final Pages pages;

  /**
   * What a server is made of.
   *
   * @param registrations every kind that is served and stored
   * @param reviews kinds that are created, answered and not stored
   * @param trail where the audit entries go
   */
  public record Parts(
      Objects objects,
      List<Registration> registrations,
      List<Review> reviews,
      AuditTrail trail,
      Authenticator authenticator,
      Authorizer authorizer,
      List<MutatingAdmission> mutating,
      List<ValidatingAdmission> validating,
      List<Contribution> contributions,
      Environment environment) {
    public Parts {
      registrations = List.copyOf(registrations);
      reviews = List.copyOf(reviews);
      mutating = List.copyOf(mutating);
      validating = List.copyOf(validating);
      contributions = List.copyOf(contributions);
    }
  }

  /** Starts following the change logs. */
  public ApiServer(Parts parts) {
    this.parts = parts;
    Environment environment = parts.environment();
    Objects objects = parts.objects();
    parts.registrations().forEach(r -> registrations.put(r.kind(), r));
    List<Kind> served = new ArrayList<>(registrations.keySet());
    parts.reviews().forEach(review -> served.add(review.kind()));
    Map<Kind, List<Subresource>> subresources = new LinkedHashMap<>();
    for (Registration r : parts.registrations()) {
      subresources.put(r.kind(), r.readouts().stream().map(Readout::subresource).toList());
    }
    this.kinds = Kinds.of(served, subresources);
    Hall hall =
        new Hall(
            objects,
            parts.trail(),
            parts.authenticator(),
            parts.authorizer(),
            parts.mutating(),
            parts.validating(),
            parts.contributions(),
            new Names(environment.random()),
            environment.random());
    this.road = new Road(hall, environment.nanos());
    this.intents =
        new Intents(objects, new Proposals(environment.uids()), new Claims(parts.authorizer()));
    this.hubs =
        new Hubs(
            new WatchHub(objects.configuration(), HUB_CAPACITY),
            new WatchHub(objects.records(), HUB_CAPACITY));
    this.reads = new Reads(objects, hubs, parts.authenticator(), parts.authorizer(), environment);
    this.writes = new Writes(road, intents, objects, environment);
    this.deletions = new Deletions(road, intents, reads, objects, environment);
    this.reviews = new Reviews(parts.reviews(), road);
    this.pages = new Pages(kinds);
  }

  /** Every kind that is served, in the order of discovery. */
  public Kinds kinds() {
    return kinds;
  }

  /** Answers a request; every refusal and every fault is a response. */
  public ApiResponse call(Caller caller, ApiRequest api) {
    String requestId = parts.environment().uids().get().toString();
    Instant now = parts.environment().clock().instant();
    try {
      ApiResponse response = answer(Request.of(requestId, now, caller, api));
      return api.method().equals("HEAD") ? Responses.headOf(response) : response;
    } catch (ApiException e) {
      return Responses.problem(requestId, e.problem());
    } catch (CompactedException e) {
      return Responses.problem(
          requestId, new Problem.Expired("too old resource version (" + e.floor() + ")", ""));
    } catch (StoreUnavailableException e) {
      LOG.log(Level.WARNING, "request " + requestId + ": the store cannot be reached", e);
      return Responses.problem(
          requestId,
          new Problem.Unavailable("the store cannot be reached; nothing was changed", RETRY));
    } catch (OutcomeUnknownException e) {
      LOG.log(Level.WARNING, "request " + requestId + ": the outcome is unknown", e);
      return Responses.problem(
          requestId,
          new Problem.OutcomeUnknown(
              "the store was lost while committing: look whether the change is there"));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "request " + requestId + " failed", e);
      return Responses.problem(requestId, new Problem.Internal(requestId));
    }
  }

  /** This server as one subject sees it, inside the process. */
  public ApiEndpoint endpoint(Subject subject) {
    return api -> call(new Caller(subject, "", api.headers()), api);
  }

  /** A client for a subject inside the process, without JSON text in between. */
  public Client client(Subject subject) {
    return new Client(subject, this);
  }

  /** The road, for rooms whose requests are not about one object. */
  public Road road() {
    return road;
  }

  public Hubs hubs() {
    return hubs;
  }

  public Objects objects() {
    return parts.objects();
  }

  public Environment environment() {
    return parts.environment();
  }

  Intents intents() {
    return intents;
  }

  Map<Kind, Registration> registrations() {
    return registrations;
  }

  /** Ends all watches and stops following the logs. */
  @Override
  public void close() {
    hubs.close();
  }

  private ApiResponse answer(Request request) {
    Optional<Target> target = Target.of(request.path(), kinds);
    if (target.isEmpty()) {
      return page(request);
    }
    Optional<Review> review = reviews.of(target.get().kind());
    if (review.isPresent()) {
      return reviews.answer(request, target.get(), review.get());
    }
    Registration registration = registrations.get(target.get().kind());
    if (registration == null) {
      throw new ApiException(new Problem.NoSuchPath(request.api().target()));
    }
    return answer(request, target.get(), registration);
  }

  private ApiResponse page(Request request) {
    if (!request.api().method().equals("GET") && !request.api().method().equals("HEAD")) {
      throw new ApiException(new Problem.NoSuchPath(request.api().target()));
    }
    road.look(request.received(Pages.errand(request)));
    return pages.answer(request);
  }

  private ApiResponse answer(Request request, Target target, Registration kind) {
    Verb verb = verb(request, target);
    if (!target.allows(verb)) {
      throw new ApiException(
          new Problem.MethodNotAllowed(target.kind().resource(), verb.wireName()));
    }
    return switch (verb) {
      case GET -> get(request, target, kind);
      case LIST -> reads.list(request, target, look(request, target, verb, kind));
      case WATCH -> reads.watch(request, target, look(request, target, verb, kind));
      case CREATE -> writes.create(request, target, kind);
      case UPDATE -> writes.replace(request, target, kind);
      case PATCH -> writes.patch(request, target, kind);
      case DELETE -> deletions.delete(request, target, kind);
      case DELETECOLLECTION -> deletions.deleteCollection(request, target, kind);
    };
  }

  private ApiResponse get(Request request, Target target, Registration kind) {
    Sight sight = look(request, target, Verb.GET, kind);
    return kind.readout(target.subresource())
        .map(readout -> reads.readout(request, target, sight, readout))
        .orElseGet(() -> reads.get(request, target, sight));
  }

  private Sight look(Request request, Target target, Verb verb, Registration kind) {
    return road.look(request.received(target.reading(verb, request.query())), kind);
  }

  private static Verb verb(Request request, Target target) {
    boolean collection = target.isCollection();
    boolean everywhere = collection && target.kind().namespaced() && target.namespace().isEmpty();
    Optional<Verb> verb =
        switch (request.api().method()) {
          case "GET", "HEAD" ->
              Optional.of(
                  !collection
                      ? Verb.GET
                      : WatchOptions.requested(request.query()) ? Verb.WATCH : Verb.LIST);
          case "POST" -> collection && !everywhere ? Optional.of(Verb.CREATE) : Optional.empty();
          case "PUT" -> collection ? Optional.empty() : Optional.of(Verb.UPDATE);
          case "PATCH" -> collection ? Optional.empty() : Optional.of(Verb.PATCH);
          case "DELETE" ->
              everywhere
                  ? Optional.empty()
                  : Optional.of(collection ? Verb.DELETECOLLECTION : Verb.DELETE);
          default -> Optional.empty();
        };
    return verb.filter(
            v ->
                target.subresource().isEmpty()
                    || v == Verb.GET
                    || (!target.isReadout() && (v == Verb.UPDATE || v == Verb.PATCH)))
        .orElseThrow(
            () ->
                new ApiException(
                    new Problem.MethodNotAllowed(
                        target.kind().resource(), request.api().method())));
  }
}
