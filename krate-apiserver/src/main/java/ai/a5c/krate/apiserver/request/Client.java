package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Decoder;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A subject inside the process, such as a controller: it takes the same road as everybody, without
 * HTTP. Methods throw {@link ai.a5c.krate.api.problem.ApiException} where a client would get a
 * Status, and may be called from many threads.
 */
public final class Client {
  /** The most objects that are written together. */
  public static final int MOST_TOGETHER = 128;

  /** The most characters that the documents have that are written together. */
  public static final int MOST_TEXT_TOGETHER = 4 * 1024 * 1024;

  private final Subject subject;
  private final Road road;
  private final Intents intents;
  private final Objects objects;
  private final Map<Kind, Registration> registrations;
  private final Environment environment;

  Client(Subject subject, ApiServer server) {
    this.subject = subject;
    this.road = server.road();
    this.intents = server.intents();
    this.objects = server.objects();
    this.registrations = server.registrations();
    this.environment = server.environment();
  }

  /** The stored object, if there is one that the subject sees; asks for the right to get it. */
  public Optional<ApiObject> get(Kind kind, String namespace, String name) {
    Sight sight =
        road.look(received(kind, "get", "", namespace, List.of(name)), registration(kind));
    return objects.get(kind, namespace, name).filter(sight);
  }

  /**
   * Those of the objects that are stored and that the subject sees, read at once and in no order;
   * asks for the right to get each name.
   *
   * @param names at least one and at most {@link #MOST_TOGETHER}, no two the same
   */
  public List<ApiObject> getAll(Kind kind, String namespace, List<String> names) {
    requireFew(names);
    Sight sight = road.look(received(kind, "get", "", namespace, names), registration(kind));
    return objects.getAll(kind, namespace, names).stream().filter(sight).toList();
  }

  /** Creates an object in the namespace that it names, with the status that it has already. */
  public Written create(Kind kind, ApiObject object) {
    return road.travel(
        received(kind, "create", "", object.namespace(), List.of(object.name())),
        registration(kind),
        created(registration(kind), object));
  }

  private Intent created(Registration registration, ApiObject object) {
    return intents.create(
        registration,
        () -> decoded(registration.kind(), object).withStatus().with(WireOptions.create()));
  }

  /** Creates an object, unless there is one of that name. */
  public Optional<Written> createIfAbsent(Kind kind, ApiObject object) {
    try {
      return Optional.of(create(kind, object));
    } catch (ApiException e) {
      if (e.problem() instanceof Problem.AlreadyExists) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Creates objects of one kind and one namespace in one transaction: all of them, or none. Each
   * takes every stage of the road; the right to create them is asked for once. Each is judged by
   * what is stored: of the others it sees nothing, but contributions see them all. The audit trail
   * has one entry for all of them.
   *
   * @param objects at least one and at most {@link #MOST_TOGETHER}, no two of one name; together of
   *     at most {@link #MOST_TEXT_TOGETHER} characters
   */
  public Together createAll(Kind kind, List<ApiObject> objects) {
    List<String> names = objects.stream().map(ApiObject::name).toList();
    requireFew(names);
    String namespace = objects.getFirst().namespace();
    if (objects.stream().anyMatch(object -> !object.namespace().equals(namespace))) {
      throw new IllegalArgumentException("objects of several namespaces");
    }
    Registration registration = registration(kind);
    List<Intent> intents = new ArrayList<>(objects.size());
    for (ApiObject object : objects) {
      intents.add(created(registration, object));
    }
    return road.travel(received(kind, "create", "", namespace, names), registration, intents);
  }

  /**
   * Changes the status of one object among several.
   *
   * @param change from the object as it is by then; called again if it was changed meanwhile
   */
  public record StatusChange(String name, UnaryOperator<ApiObject> change) {}

  /**
   * Changes the status of objects of one kind and one namespace in one transaction: all of them, or
   * none, in the way of {@link #createAll}. The right to it is asked for each name. What is changed
   * meanwhile by others lets all of them begin again.
   *
   * @param changes at least one and at most {@link #MOST_TOGETHER}, no two of one name
   */
  public Together updateStatuses(Kind kind, String namespace, List<StatusChange> changes) {
    List<String> names = changes.stream().map(StatusChange::name).toList();
    requireFew(names);
    Registration registration = registration(kind);
    SequencedMap<String, Function<ApiObject, Payload.Body>> bodies = new LinkedHashMap<>();
    for (StatusChange change : changes) {
      bodies.put(change.name(), old -> changed(kind, change.change().apply(old)));
    }
    return road.travel(
        received(kind, "update", "status", namespace, names),
        registration,
        intents.changes(registration, bodies));
  }

  private static void requireFew(List<String> names) {
    if (names.isEmpty() || names.size() > MOST_TOGETHER) {
      throw new IllegalArgumentException(
          names.size() + " objects together; there may be 1 to " + MOST_TOGETHER);
    }
    Set<String> known = new HashSet<>();
    for (String name : names) {
      if (!name.isEmpty() && !known.add(name)) {
        throw new IllegalArgumentException("two objects are called " + name);
      }
    }
  }

  /** Changes an object as it is by then; called again if it was changed meanwhile. */
  public Written update(Kind kind, String namespace, String name, UnaryOperator<ApiObject> change) {
    return change(kind, "", namespace, name, change);
  }

  /** Changes an object's status as it is by then; called again if it was changed meanwhile. */
  public Written updateStatus(
      Kind kind, String namespace, String name, UnaryOperator<ApiObject> change) {
    return change(kind, "status", namespace, name, change);
  }

  /** Deletes an object, if it is still this one. */
  public Written delete(Kind kind, ApiObject object) {
    DeleteOptions options =
        new DeleteOptions(
            false, object.uid().toString(), null, DeleteOptions.Propagation.BACKGROUND, null);
    return road.travel(
        received(kind, "delete", "", object.namespace(), List.of(object.name())),
        registration(kind),
        intents.delete(registration(kind), () -> options));
  }

  private Written change(
      Kind kind,
      String subresource,
      String namespace,
      String name,
      UnaryOperator<ApiObject> change) {
    return road.travel(
        received(kind, "update", subresource, namespace, List.of(name)),
        registration(kind),
        intents.change(registration(kind), () -> old -> changed(kind, change.apply(old))));
  }

  private static Payload.Body changed(Kind kind, ApiObject object) {
    return decoded(kind, object).with(WireOptions.update());
  }

  /** What a controller writes has the form of what clients write; a member unknown is its fault. */
  private static Payload.Body decoded(Kind kind, ApiObject object) {
    ai.a5c.krate.apiserver.kind.Decoded decoded = Decoder.decode(kind, object.json(), List.of());
    if (!decoded.unknown().isEmpty()) {
      throw new IllegalArgumentException(kind.name() + " has no " + decoded.unknown());
    }
    return new Payload.Body(decoded.object(), List.of());
  }

  private Registration registration(Kind kind) {
    Registration registration = registrations.get(kind);
    if (registration == null) {
      throw new IllegalArgumentException("the kind is not served: " + kind.name());
    }
    return registration;
  }

  private Received received(
      Kind kind, String verb, String subresource, String namespace, List<String> names) {
    Errand errand =
        new Errand(verb, kind.resource(), subresource, namespace, "", false, Command.OF_CHANGE)
            .to(names);
    return new Received(
        environment.uids().get().toString(),
        environment.clock().instant(),
        Caller.inProcess(subject),
        errand);
  }
}
