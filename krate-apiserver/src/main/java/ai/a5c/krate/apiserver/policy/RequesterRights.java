package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.spi.expression.Access;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers what policies ask about rights by the server's own authorizer, each question once a
 * request. Used by one thread.
 */
final class RequesterRights implements Access {
  private static final int MOST_ANSWERS = 1_000;

  private final Authorizer authorizer;
  private final Subject requester;
  private final Map<Attributes, Answer> answers = new HashMap<>();

  RequesterRights(Authorizer authorizer, Subject requester) {
    this.authorizer = authorizer;
    this.requester = requester;
  }

  @Override
  public Answer mayRequest(Principal who, String verb, String path) {
    return new Answer(false, "", "rights on paths are not decided by this server");
  }

  @Override
  public Answer mayUse(Principal who, String verb, Target target) {
    Attributes asked =
        new Attributes(
            subject(who),
            verb,
            new GroupResource(target.group(), target.resource()),
            target.subresource(),
            target.namespace(),
            target.name());
    Answer known = answers.get(asked);
    if (known != null) {
      return known;
    }
    Answer answer =
        switch (authorizer.decide(asked)) {
          case Decision.Allow allow -> new Answer(true, allow.reason(), "");
          case Decision.Deny deny -> new Answer(false, deny.reason(), "");
          case Decision.NoOpinion silent -> new Answer(false, "", "");
        };
    if (answers.size() < MOST_ANSWERS) {
      answers.put(asked, answer);
    }
    return answer;
  }

  private Subject subject(Principal who) {
    return switch (who) {
      case Principal.Requester r -> requester;
      case Principal.ServiceAccount(String namespace, String name) ->
          new Subject(
              "system:serviceaccount:" + namespace + ":" + name,
              "",
              "",
              List.of(
                  "system:serviceaccounts",
                  "system:serviceaccounts:" + namespace,
                  Subject.AUTHENTICATED),
              Map.of());
    };
  }
}
