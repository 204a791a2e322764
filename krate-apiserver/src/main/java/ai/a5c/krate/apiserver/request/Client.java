package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.kind.Decoder;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A subject inside the process, such as a controller: it takes the same road as everybody, without
 * HTTP. Methods throw {@link ai.a5c.krate.api.problem.ApiException} where a client would get a
 * Status, and may be called from many threads.
 */
public final class Client {
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
    Sight sight = road.look(received(kind, "get", "", namespace, name), registration(kind));
    return objects.get(kind, namespace, name).filter(sight);
  }

  /** Creates an object in the namespace that it names, with the status that it has already. */
  public Written create(Kind kind, ApiObject object) {
    return road.travel(
        received(kind, "create", "", object.namespace(), object.name()),
        registration(kind),
        intents.create(
            registration(kind),
            () -> decoded(kind, object).withStatus().with(WireOptions.create())));
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
        received(kind, "delete", "", object.namespace(), object.name()),
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
        received(kind, "update", subresource, namespace, name),
        registration(kind),
        intents.change(
            registration(kind),
            () -> old -> decoded(kind, change.apply(old)).with(WireOptions.update())));
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
      Kind kind, String verb, String subresource, String namespace, String name) {
    Errand errand =
        new Errand(verb, kind.resource(), subresource, namespace, name, false, Command.OF_CHANGE);
    return new Received(
        environment.uids().get().toString(),
        environment.clock().instant(),
        Caller.inProcess(subject),
        errand);
  }
}
