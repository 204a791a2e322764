package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Rights that a test gives and takes away, to everybody but the administrator. */
public final class Rights implements Authorizer {
  private final Set<Right> given = ConcurrentHashMap.newKeySet();
  private final List<Attributes> asked = new ArrayList<>();
  private final AtomicLong changed = new AtomicLong();
  private final AtomicReference<Optional<Runnable>> awaited =
      new AtomicReference<>(Optional.empty());
  private volatile boolean unknown;

  /**
   * A right.
   *
   * @param what the collection, with {@code /} and the subresource if there is one
   * @param name empty for all
   */
  private record Right(String verb, String what, String namespace, String name) {}

  /** Gives the verbs on everything that is so called, in the namespace {@code team}. */
  public Rights give(String what, String... verbs) {
    return giveOne(what, "", verbs);
  }

  /** Gives the verbs on the one of that name, in the namespace {@code team}. */
  public Rights giveOne(String what, String name, String... verbs) {
    return giveIn("team", what, name, verbs);
  }

  /** Gives the verbs in a namespace; empty for all and the cluster's scope. */
  public Rights giveIn(String namespace, String what, String name, String... verbs) {
    Arrays.stream(verbs).forEach(verb -> given.add(new Right(verb, what, namespace, name)));
    return this;
  }

  public void takeOne(String what, String name, String... verbs) {
    Arrays.stream(verbs).forEach(verb -> given.remove(new Right(verb, what, "team", name)));
  }

  public void take(String what, String... verbs) {
    takeOne(what, "", verbs);
  }

  /** Says that something changed at the revision. */
  public void changedAt(long revision) {
    changed.set(revision);
  }

  /** What was asked about others than the administrator since the last call. */
  public List<Attributes> asked() {
    synchronized (asked) {
      List<Attributes> all = List.copyOf(asked);
      asked.clear();
      return all;
    }
  }

  /** Whether nothing is known of anybody's rights. */
  public void unknown(boolean unknown) {
    this.unknown = unknown;
  }

  @Override
  public Decision decide(Attributes attributes) {
    if (attributes.subject().in(Subject.MASTERS)) {
      return new Decision.Allow("administrator");
    }
    if (unknown) {
      throw new ApiException(new Problem.Unavailable("not known yet", Duration.ofSeconds(1)));
    }
    synchronized (asked) {
      asked.add(attributes);
    }
    String resource = attributes.resource().resource();
    String what =
        attributes.subresource().isEmpty() ? resource : resource + "/" + attributes.subresource();
    for (String namespace : List.of(attributes.namespace(), "")) {
      for (String name : List.of(attributes.name(), "")) {
        if (given.contains(new Right(attributes.verb(), what, namespace, name))) {
          return new Decision.Allow("given");
        }
      }
    }
    return new Decision.NoOpinion();
  }

  /** Does something the next time that what was committed must be known. */
  public void whenAwaited(Runnable action) {
    awaited.set(Optional.of(action));
  }

  @Override
  public void awaitKnown(Revision revision) {
    awaited.getAndSet(Optional.empty()).ifPresent(Runnable::run);
  }

  @Override
  public long changed(Subject subject, String namespace) {
    return changed.get();
  }
}
