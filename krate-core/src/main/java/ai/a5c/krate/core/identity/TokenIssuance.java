package ai.a5c.krate.core.identity;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Impersonation;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers TokenRequest. A token for somebody is impersonation that lasts, so it needs the same
 * rights as acting as him, and every one is in the audit trail.
 */
final class TokenIssuance implements Review {
  private static final String RESERVED =
      "names that begin with " + TokenTerms.RESERVED + " are reserved, and no token has one";
  private static final String NO_NAME = "must be text without control characters or outer spaces";

  private final @Nullable TokenService tokens;

  TokenIssuance(@Nullable TokenService tokens) {
    this.tokens = tokens;
  }

  @Override
  public Kind kind() {
    return ForgeKinds.TOKEN_REQUEST;
  }

  @Override
  public boolean audited() {
    return true;
  }

  @Override
  public List<FieldError> errors(Subject subject, ApiObject asked) {
    List<FieldError> errors = new ArrayList<>();
    String user = asked.text("spec", "user");
    List<String> groups = groups(asked);
    check("spec.user", user, errors);
    for (int i = 0; i < groups.size(); i++) {
      check("spec.groups[" + i + "]", groups.get(i), errors);
    }
    if (TokenTerms.bytes(user, groups) > TokenTerms.LONGEST_NAMES) {
      errors.add(
          new FieldError(
              FieldError.Reason.TOO_LONG,
              "spec.groups",
              "Too long: all names together may have at most "
                  + TokenTerms.LONGEST_NAMES
                  + " bytes"));
    }
    Duration longest = service().longestLifetime();
    Duration lifetime = lifetime(asked);
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(longest) > 0) {
      errors.add(
          FieldError.invalid(
              "spec.lifetime",
              asked.text("spec", "lifetime"),
              "must be from 1s to " + GoDuration.print(longest)));
    }
    return errors;
  }

  private static void check(String field, String name, List<FieldError> errors) {
    if (TokenTerms.isReserved(name)) {
      errors.add(FieldError.forbidden(field, RESERVED));
    } else if (!TokenTerms.isName(name)) {
      errors.add(FieldError.invalid(field, name, NO_NAME));
    }
  }

  @Override
  public List<Attributes> rights(Subject subject, ApiObject asked) {
    List<Attributes> rights = new ArrayList<>();
    rights.add(Impersonation.ofUser(subject, asked.text("spec", "user")));
    groups(asked).forEach(group -> rights.add(Impersonation.ofGroup(subject, group)));
    return rights;
  }

  @Override
  public ApiObject answer(Subject subject, ApiObject asked) {
    Audience audience = asked.text("spec", "use").equals("Git") ? Audience.GIT : Audience.API;
    IssuedToken issued =
        service()
            .issue(
                new TokenTerms(
                    asked.text("spec", "user"), groups(asked), audience, lifetime(asked)));
    return asked.with(
        Json.object()
            .add("token", issued.token().revealText())
            .add("expirationTimestamp", ApiObject.seconds(issued.expires()))
            .build(),
        "status");
  }

  private static List<String> groups(ApiObject asked) {
    return JsonTree.textsAt(asked.json(), "spec", "groups");
  }

  private static Duration lifetime(ApiObject asked) {
    return GoDuration.parse(asked.text("spec", "lifetime")).orElse(Duration.ZERO);
  }

  private TokenService service() {
    if (tokens == null) {
      throw new ApiException(new Problem.BadRequest("this server issues no tokens"));
    }
    return tokens;
  }
}
