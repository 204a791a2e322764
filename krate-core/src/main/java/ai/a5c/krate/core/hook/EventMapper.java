package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells which events a committed change is. */
final class EventMapper {
  /** Members of a pull request's spec that ask for something which has an event of its own. */
  private static final List<String> PULL_REQUEST_REQUESTS =
      List.of("closed", "merged", "mergeMethod", "mergeMessage", "mergeHead");

  private static final Set<String> RUNNING = Set.of("Running");
  private static final Set<String> PIPELINE_ENDS = Set.of("Succeeded", "Failed", "Canceled");
  private static final Set<String> JOB_ENDS = Set.of("Succeeded", "Failed", "Canceled", "Skipped");
  private static final List<String> ISSUE_REQUESTS = List.of("closed", "closeReason");

  private final HookKinds kinds;
  private final Objects objects;
  private final Map<GroupResource, Kind> told;

  EventMapper(HookKinds kinds, Objects objects) {
    this.kinds = kinds;
    this.objects = objects;
    this.told =
        Map.of(
            kinds.repository().resource(), kinds.repository(),
            kinds.pullRequest().resource(), kinds.pullRequest(),
            kinds.review().resource(), kinds.review(),
            kinds.issue().resource(), kinds.issue(),
            kinds.pipeline().resource(), kinds.pipeline(),
            kinds.job().resource(), kinds.job());
  }

  /** Whether changes of such objects can be events. */
  boolean tellsOf(GroupResource resource) {
    return told.containsKey(resource);
  }

  /** The events of a changed document. */
  List<Event> of(Change.ObjectChanged change) {
    Kind kind = told.get(change.object().key().resource());
    if (kind == null) {
      return List.of();
    }
    ApiObject object = objects.read(kind, change.object());
    StoredObject previous = change.previous();
    ApiObject old = previous == null ? null : objects.read(kind, previous);
    String repository = repository(kind, object);
    var data = Json.object().add("object", shown(object));
    if (change.type() == Change.Type.UPDATED && old != null) {
      data.add("old", shown(old));
    }
    JsonObject built = data.build();
    List<Event> events = new ArrayList<>();
    for (EventType type : types(kind, change.type(), old, object)) {
      events.add(
          new Event(
              type,
              events.size(),
              change.revision(),
              change.time(),
              change.actor(),
              object.namespace(),
              repository,
              built));
    }
    return events;
  }

  /**
   * The events of a moved ref; those of pull requests are told of by the pull request, and those
   * that a fork begins with by the repository.
   *
   * @param push what a push says of it, asked for at most once
   * @param wanted whether somebody wants the event
   */
  static List<Event> of(
      Change.RefMoved change,
      ObjectName repository,
      Supplier<JsonObject> push,
      Predicate<Event> wanted) {
    if (change.ref().value().startsWith(RefName.PULL) || change.actor().equals(ForkCopy.SUBJECT)) {
      return List.of();
    }
    List<EventType> types = new ArrayList<>();
    types.add(EventType.PUSH);
    if (change.old() == null) {
      types.add(EventType.REF_CREATED);
    } else if (change.target() == null) {
      types.add(EventType.REF_DELETED);
    }
    List<Event> events = new ArrayList<>();
    for (EventType type : types) {
      Event event =
          new Event(
              type,
              types.indexOf(type),
              change.revision(),
              change.time(),
              change.actor(),
              repository.namespace(),
              repository.name(),
              PushData.bare(change));
      if (wanted.test(event)) {
        events.add(type == EventType.PUSH ? event.with(push.get()) : event);
      }
    }
    return events;
  }

  private String repository(Kind kind, ApiObject object) {
    if (is(kind, kinds.repository())) {
      return object.name();
    }
    boolean inStatus = is(kind, kinds.review()) || is(kind, kinds.job());
    return object.text(inStatus ? "status" : "spec", "repository");
  }

  private Set<EventType> types(
      Kind kind, Change.Type type, @Nullable ApiObject old, ApiObject object) {
    if (is(kind, kinds.repository())) {
      return repository(type, old, object);
    }
    if (is(kind, kinds.review())) {
      return review(type, old, object);
    }
    if (is(kind, kinds.pipeline())) {
      return type == Change.Type.DELETED ? EnumSet.noneOf(EventType.class) : pipeline(old, object);
    }
    if (is(kind, kinds.job())) {
      return type == Change.Type.DELETED ? EnumSet.noneOf(EventType.class) : job(old, object);
    }
    boolean pullRequest = is(kind, kinds.pullRequest());
    return switch (type) {
      case CREATED ->
          EnumSet.of(pullRequest ? EventType.PULLREQUEST_CREATED : EventType.ISSUE_CREATED);
      case DELETED -> EnumSet.noneOf(EventType.class);
      case UPDATED -> {
        if (old == null) {
          yield EnumSet.noneOf(EventType.class);
        }
        yield pullRequest ? pullRequest(old, object) : issue(old, object);
      }
    };
  }

  private static Set<EventType> repository(
      Change.Type type, @Nullable ApiObject old, ApiObject object) {
    return switch (type) {
      case CREATED -> EnumSet.of(EventType.REPOSITORY_CREATED);
      case DELETED -> EnumSet.of(EventType.REPOSITORY_DELETED);
      case UPDATED ->
          old != null && edited(old, object, List.of())
              ? EnumSet.of(EventType.REPOSITORY_UPDATED)
              : EnumSet.noneOf(EventType.class);
    };
  }

  private static Set<EventType> review(
      Change.Type type, @Nullable ApiObject old, ApiObject object) {
    boolean dismissed =
        old != null
            && object.isTrue("spec", "dismissed")
            && !old.isTrue("spec", "dismissed")
            && type == Change.Type.UPDATED;
    if (dismissed) {
      return EnumSet.of(EventType.REVIEW_DISMISSED);
    }
    return type == Change.Type.CREATED
        ? EnumSet.of(EventType.REVIEW_SUBMITTED)
        : EnumSet.noneOf(EventType.class);
  }

  private static Set<EventType> pullRequest(ApiObject old, ApiObject object) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    String before = old.text("status", "phase");
    String after = object.text("status", "phase");
    if (!after.equals(before)) {
      switch (after) {
        case "Merged" -> types.add(EventType.PULLREQUEST_MERGED);
        case "Closed" -> types.add(EventType.PULLREQUEST_CLOSED);
        default -> {
          if (before.equals("Closed")) {
            types.add(EventType.PULLREQUEST_REOPENED);
          }
        }
      }
    }
    String head = object.text("status", "head", "commit");
    if (!head.isEmpty() && !head.equals(old.text("status", "head", "commit"))) {
      types.add(EventType.PULLREQUEST_SYNCHRONIZED);
    }
    Set<String> asked = new HashSet<>(JsonTree.textsAt(object.json(), "spec", "reviewers"));
    asked.removeAll(JsonTree.textsAt(old.json(), "spec", "reviewers"));
    if (!asked.isEmpty()) {
      types.add(EventType.PULLREQUEST_REVIEWREQUESTED);
    }
    if (edited(old, object, PULL_REQUEST_REQUESTS)) {
      types.add(EventType.PULLREQUEST_UPDATED);
    }
    return types;
  }

  private static Set<EventType> issue(ApiObject old, ApiObject object) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    if (!isClosed(old) && isClosed(object)) {
      types.add(EventType.ISSUE_CLOSED);
    } else if (isClosed(old) && !isClosed(object)) {
      types.add(EventType.ISSUE_REOPENED);
    }
    if (edited(old, object, ISSUE_REQUESTS)) {
      types.add(EventType.ISSUE_UPDATED);
    }
    return types;
  }

  /** A pipeline may be made as what it is already, and skip what it does not need. */
  private static Set<EventType> pipeline(@Nullable ApiObject old, ApiObject object) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    if (began("queueTime", old, object)) {
      types.add(EventType.PIPELINE_QUEUED);
    }
    if (began("startTime", old, object)) {
      types.add(EventType.PIPELINE_STARTED);
    }
    if (entered(PIPELINE_ENDS, old, object)) {
      types.add(EventType.PIPELINE_COMPLETED);
    }
    return types;
  }

  /** A job starts with every attempt. */
  private static Set<EventType> job(@Nullable ApiObject old, ApiObject object) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    if (entered(RUNNING, old, object)) {
      types.add(EventType.JOB_STARTED);
    }
    if (entered(JOB_ENDS, old, object)) {
      types.add(EventType.JOB_COMPLETED);
    }
    return types;
  }

  private static boolean began(String time, @Nullable ApiObject old, ApiObject object) {
    return !object.text("status", time).isEmpty()
        && (old == null || old.text("status", time).isEmpty());
  }

  private static boolean entered(Set<String> phases, @Nullable ApiObject old, ApiObject object) {
    return phases.contains(object.text("status", "phase"))
        && (old == null || !phases.contains(old.text("status", "phase")));
  }

  private static boolean isClosed(ApiObject issue) {
    return issue.isTrue("spec", "closed");
  }

  private static boolean edited(ApiObject old, ApiObject object, List<String> except) {
    return !spec(old, except).equals(spec(object, except)) || !old.labels().equals(object.labels());
  }

  private static JsonObject spec(ApiObject object, List<String> except) {
    JsonObject spec = JsonTree.objectAt(object.json(), "spec");
    for (String member : except) {
      spec = JsonTree.with(spec, null, member);
    }
    return spec;
  }

  private static boolean is(Kind kind, Kind other) {
    return kind.resource().equals(other.resource());
  }

  private static JsonObject shown(ApiObject object) {
    return object.with(null, "metadata", "managedFields").json();
  }
}
