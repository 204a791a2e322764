package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.Subject;
import java.util.List;

/** Decides whether a subject may do something. Blocks, and is called from many threads at once. */
@FunctionalInterface
public interface Authorizer {
  Decision decide(Attributes attributes);

  /** Asks one after the other; the first that has an opinion decides, and silence is a denial. */
  static Authorizer inOrder(List<Authorizer> authorizers) {
    List<Authorizer> all = List.copyOf(authorizers);
    return attributes -> {
      for (Authorizer authorizer : all) {
        Decision decision = authorizer.decide(attributes);
        if (!(decision instanceof Decision.NoOpinion)) {
          return decision;
        }
      }
      return new Decision.Deny("no authorizer allows this");
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
