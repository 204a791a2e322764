package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.watch.WatchFrames;
import ai.a5c.krate.apiserver.wire.StatusJson;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Events of a watch as Kubernetes writes them: one JSON object a line, its object in the form asked
 * for.
 */
final class EventFrames implements WatchFrames {
  private static final Logger LOG = System.getLogger(EventFrames.class.getName());

  private final Rendering rendering;
  private final String requestId;
  private boolean first = true;

  EventFrames(Rendering rendering, String requestId) {
    this.rendering = rendering;
    this.requestId = requestId;
  }

  @Override
  public Bytes event(EventType type, StoredObject object) {
    return line(type.name(), rendering.ofEvent(object, takeFirst()));
  }

  @Override
  public Bytes bookmark(Revision revision, boolean initial) {
    Kind kind = rendering.kind();
    JsonObjectBuilder metadata = Json.object().add("resourceVersion", revision.toString());
    if (initial) {
      metadata.add("annotations", Json.object().add("k8s.io/initial-events-end", "true"));
    }
    return line(
        "BOOKMARK",
        rendering.ofEvent(
            Json.object()
                .add("kind", kind.name())
                .add("apiVersion", kind.apiVersion())
                .add("metadata", metadata)
                .build(),
            takeFirst()));
  }

  @Override
  public Bytes error(Status status) {
    return line("ERROR", Json.write(StatusJson.of(status)));
  }

  @Override
  public Bytes fault(RuntimeException fault) {
    LOG.log(Level.ERROR, "the watch of request " + requestId + " failed", fault);
    return error(Status.of(new Problem.Internal(requestId)));
  }

  private boolean takeFirst() {
    boolean was = first;
    first = false;
    return was;
  }

  private static Bytes line(String type, Bytes object) {
    var out = new ByteArrayOutputStream(object.size() + 64);
    out.writeBytes(("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(object.toArray());
    out.writeBytes("}\n".getBytes(StandardCharsets.US_ASCII));
    return Bytes.owning(out.toByteArray());
  }
}
