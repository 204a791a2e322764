package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonObjectBuilder;

/**
 * Answers SelfSubjectReview: who the caller is, as the server knows him ({@code kubectl auth
 * whoami}).
 */
final class WhoAmI implements Review {
  @Override
  public Kind kind() {
    return ForgeKinds.SELF_SUBJECT_REVIEW;
  }

  @Override
  public ApiObject answer(Subject subject, ApiObject asked) {
    JsonObjectBuilder user =
        Json.object().add("username", subject.name()).add("groups", Json.array(subject.groups()));
    if (!subject.uid().isEmpty()) {
      user.add("uid", subject.uid());
    }
    if (!subject.extra().isEmpty()) {
      JsonObjectBuilder extra = Json.object();
      subject.extra().forEach((key, values) -> extra.add(key, Json.array(values)));
      user.add("extra", extra);
    }
    return asked.with(Json.object().add("userInfo", user).build(), "status");
  }
}
