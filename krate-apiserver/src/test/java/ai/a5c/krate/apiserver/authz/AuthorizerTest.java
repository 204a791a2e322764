package ai.a5c.krate.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthorizerTest {
  private static final GroupResource NOTES = new GroupResource("toys.example.org", "notes");
  private static final Authorizer ALLOWS = attributes -> new Decision.Allow("yes");
  private static final Authorizer DENIES = attributes -> new Decision.Deny("no");
  private static final Authorizer SILENT = attributes -> new Decision.NoOpinion();

  private static Attributes asking(String user, String verb, String subresource) {
    return new Attributes(Subject.of(user), verb, NOTES, subresource, "team", "a");
  }

  private static Decision decide(Authorizer... authorizers) {
    return Authorizer.inOrder(List.of(authorizers)).decide(asking("ada", "get", ""));
  }

  @Test
  void silenceIsADenial() {
    assertThat(decide()).isInstanceOf(Decision.Deny.class);
    assertThat(decide(SILENT, SILENT)).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void theFirstOpinionDecides() {
    assertThat(decide(SILENT, ALLOWS, DENIES)).isInstanceOf(Decision.Allow.class);
    assertThat(decide(SILENT, DENIES, ALLOWS)).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void mastersMayAndOthersAreNotSpokenOf() {
    Attributes masters =
        new Attributes(Subject.of("x", Subject.MASTERS), "delete", NOTES, "", "", "");

    assertThat(Authorizer.masters().decide(masters)).isInstanceOf(Decision.Allow.class);
    assertThat(Authorizer.masters().decide(asking("system:masters", "get", "")))
        .isInstanceOf(Decision.NoOpinion.class);
  }

  @Test
  void aControllerMayWhatItDeclaresAndNoMore() {
    Grants grants =
        new Grants(
            Map.of(
                "system:krate:tidy",
                List.of(Grants.Rule.of(NOTES, "get", "delete"), Grants.Rule.ofStatus(NOTES))));

    assertThat(grants.decide(asking("system:krate:tidy", "get", "")))
        .isInstanceOf(Decision.Allow.class);
    assertThat(grants.decide(asking("system:krate:tidy", "update", "status")))
        .isInstanceOf(Decision.Allow.class);
    assertThat(
            List.of(
                grants.decide(asking("system:krate:tidy", "update", "")),
                grants.decide(asking("system:krate:tidy", "get", "status")),
                grants.decide(asking("system:krate:other", "get", "")),
                grants.decide(asking("ada", "get", ""))))
        .allMatch(Decision.NoOpinion.class::isInstance);
  }

  @Test
  void grantsAreForControllersOnly() {
    Map<String, List<Grants.Rule>> rules = Map.of("ada", List.of());

    assertThatThrownBy(() -> new Grants(rules)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nobodyOutsideIsAController() {
    Subject controller = Subject.of("system:krate:tidy");

    assertThat(Authenticator.transport().authenticate(Caller.inProcess(controller)))
        .isEqualTo(controller);
    assertThatThrownBy(
            () ->
                Authenticator.transport()
                    .authenticate(new Caller(controller, "192.0.2.1", Headers.NONE)))
        .isInstanceOf(ApiException.class);
  }
}
