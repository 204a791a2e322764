package ai.a5c.krate.api.core;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks the server who the caller is; nothing is stored. */
@Kind(
    group = "authentication.k8s.io",
    version = "v1",
    name = "SelfSubjectReview",
    plural = "selfsubjectreviews",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = Verb.CREATE,
    core = true)
@Description("A SelfSubjectReview asks the server who the caller is.")
public record SelfSubjectReview(@Description("The answer of the server.") Status status) {

  /** The answer. */
  public record Status(
      @Description("The caller, as the server authenticated it.") @Nullable UserInfo userInfo) {}

  /** A caller. */
  public record UserInfo(
      @Description("The name of the user.") String username,
      @Description("The identity provider's own id of the user.") String uid,
      @Description("The groups that the user is in.") List<String> groups,
      @Description("Further attributes that the authenticator found.")
          Map<String, List<String>> extra) {
    public UserInfo {
      groups = List.copyOf(groups);
      extra = Collections.unmodifiableMap(new TreeMap<>(extra));
    }
  }
}
