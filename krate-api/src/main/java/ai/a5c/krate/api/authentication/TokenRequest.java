package ai.a5c.krate.api.authentication;

import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a short-lived token; nothing is stored. Whoever asks needs the right to {@code create}
 * one and, because the token lets its bearer be that user for a while, the right to {@code
 * impersonate} the user and each group.
 */
@Kind(
    group = TokenRequest.GROUP,
    version = "v1alpha1",
    name = "TokenRequest",
    plural = "tokenrequests",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = Verb.CREATE)
@Description("A TokenRequest asks for a short-lived token, with which somebody proves who he is.")
public record TokenRequest(
    @Description("What the token is to say.") @NotNull Spec spec,
    @Description("The token; it is told once and kept nowhere.") Status status) {
  public static final String GROUP = "authentication.krate.a5c.ai";

  /** What is wanted. */
  public record Spec(
      @Description("The user whom the token speaks of; no name that begins with system: has one.")
          @NotBlank
          @Size(max = 256)
          String user,
      @Description("The groups that the user is in; none that begins with system: can be given.")
          @Size(max = 64)
          @SetOfValues
          List<@Size(min = 1, max = 256) String> groups,
      @Description("What the token is good for: the API and Git, or Git alone.") @Default("Any")
          Use use,
      @Description("How long the token holds, at least 1s; the server has a longest lifetime.")
          @Default("1h")
          Duration lifetime) {
    public Spec {
      groups = List.copyOf(groups);
    }
  }

  /** What a token is good for. */
  public enum Use {
    /** The API, and Git. */
    ANY,
    /** Git alone. */
    GIT
  }

  /** The answer. It does not print the token. */
  public record Status(
      @Description("The token: a bearer token for the API, a password for Git.") @Size(max = 16_384)
          @Nullable String token,
      @Description("When the token expires.") @Nullable Instant expirationTimestamp) {
    @Override
    public String toString() {
      return "Status[expires " + expirationTimestamp + "]";
    }
  }
}
