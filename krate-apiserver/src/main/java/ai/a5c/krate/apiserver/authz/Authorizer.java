package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Revision;
import java.util.List;

/** Decides whether a subject may do something. Blocks, and is called from many threads at once. */
@FunctionalInterface
public interface Authorizer {
  /** What silence comes to. */
  Decision.Deny SILENCE = new Decision.Deny("no authorizer allows this");

  Decision decide(Attributes attributes);

  /**
   * The newest revision of the configuration at which anything changed that this authorizer knows
   * to bear on what the subject may do in the namespace: what was filtered by rights of before is
   * not continued. Zero if nothing is known to have changed.
   *
   * @param namespace empty for all namespaces
   */
  default long changed(Subject subject, String namespace) {
    return 0;
  }

  /**
   * Waits until what was committed up to the revision bears on the answers, if these follow the log
   * at a distance.
   *
   * @throws ai.a5c.krate.api.problem.ApiException Unavailable if that takes too long
   */
  default void awaitKnown(Revision revision) {}

  /** Asks one after the other; the first that has an opinion decides, and silence is a denial. */
  static Authorizer inOrder(List<Authorizer> authorizers) {
    List<Authorizer> all = List.copyOf(authorizers);
    return new Authorizer() {
      @Override
      public Decision decide(Attributes attributes) {
        for (Authorizer authorizer : all) {
          Decision decision = authorizer.decide(attributes);
          if (!(decision instanceof Decision.NoOpinion)) {
            return decision;
          }
        }
        return SILENCE;
      }

      @Override
      public void awaitKnown(Revision revision) {
        all.forEach(authorizer -> authorizer.awaitKnown(revision));
      }

      @Override
      public long changed(Subject subject, String namespace) {
        return all.stream().mapToLong(a -> a.changed(subject, namespace)).max().orElse(0);
      }
    };
  }

  /** Lets the group {@code system:masters} do everything, as kube-apiserver does. */
  static Authorizer masters() {
    return attributes ->
        attributes.subject().in(Subject.MASTERS)
            ? new Decision.Allow("member of " + Subject.MASTERS)
            : new Decision.NoOpinion();
  }
}
