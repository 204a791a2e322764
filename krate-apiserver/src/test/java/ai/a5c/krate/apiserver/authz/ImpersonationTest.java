package ai.a5c.krate.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the headers mean, as kube-apiserver reads them. */
class ImpersonationTest {
  private static final Subject REAL = Subject.of("root");

  private static Impersonation of(String... headers) {
    return Impersonation.of(Headers.of(headers)).orElseThrow();
  }

  private static List<String> rights(String... headers) {
    return of(headers).rights(REAL).stream().map(Attributes::refusal).toList();
  }

  @Test
  void withoutHeadersNobodyIsImpersonated() {
    assertThat(Impersonation.of(Headers.NONE)).isEmpty();
    assertThat(Impersonation.of(Headers.of("Impersonate-User", ""))).isEmpty();
  }

  @Test
  void aUserIsInTheGroupOfEverybodyWhoIsKnown() {
    assertThat(of("Impersonate-User", "ada").subject()).isEqualTo(Subject.of("ada"));
    assertThat(of("Impersonate-User", "ada", "Impersonate-Group", "team").subject().groups())
        .containsExactly("team", "system:authenticated");
    assertThat(
            of("Impersonate-User", "ada", "Impersonate-Group", "system:unauthenticated")
                .subject()
                .groups())
        .containsExactly("system:unauthenticated");
    assertThat(of("Impersonate-User", "system:anonymous").subject()).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aServiceAccountIsInItsGroupsUnlessOthersAreAskedFor() {
    String user = "system:serviceaccount:team:robot";

    assertThat(of("Impersonate-User", user).subject().groups())
        .containsExactly(
            "system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated");
    assertThat(of("Impersonate-User", user, "Impersonate-Group", "x").subject().groups())
        .containsExactly("x", "system:authenticated");
  }

  @Test
  void uidAndExtrasGoAlong() {
    Subject subject =
        of(
                "Impersonate-User",
                "ada",
                "Impersonate-Uid",
                "42",
                "Impersonate-Extra-Scopes",
                "view",
                "Impersonate-Extra-Scopes",
                "edit",
                "Impersonate-Extra-acme.com%2FProject",
                "web")
            .subject();

    assertThat(subject.uid()).isEqualTo("42");
    assertThat(subject.extra())
        .isEqualTo(Map.of("scopes", List.of("view", "edit"), "acme.com/project", List.of("web")));
  }

  @Test
  void everyPartNeedsARightOfItsOwn() {
    assertThat(
            rights(
                "Impersonate-User",
                "ada",
                "Impersonate-Group",
                "team",
                "Impersonate-Uid",
                "42",
                "Impersonate-Extra-Scopes",
                "view"))
        .containsExactly(
            "users \"ada\" is forbidden: User \"root\" cannot impersonate resource \"users\" in API"
                + " group \"\" at the cluster scope",
            "groups \"team\" is forbidden: User \"root\" cannot impersonate resource \"groups\" in"
                + " API group \"\" at the cluster scope",
            "userextras.authentication.k8s.io \"view\" is forbidden: User \"root\" cannot"
                + " impersonate resource \"userextras/scopes\" in API group"
                + " \"authentication.k8s.io\" at the cluster scope",
            "uids.authentication.k8s.io \"42\" is forbidden: User \"root\" cannot impersonate"
                + " resource \"uids\" in API group \"authentication.k8s.io\" at the cluster scope");
    assertThat(rights("Impersonate-User", "system:serviceaccount:team:robot"))
        .containsExactly(
            "serviceaccounts \"robot\" is forbidden: User \"root\" cannot impersonate resource"
                + " \"serviceaccounts\" in API group \"\" in the namespace \"team\"");
  }

  @Test
  void whatOnlyLooksLikeAServiceAccountIsAUser() {
    for (String user :
        List.of(
            "system:serviceaccount:team",
            "system:serviceaccount::robot",
            "system:serviceaccount:team:",
            "system:serviceaccount:team:robot:x")) {
      assertThat(rights("Impersonate-User", user).getFirst()).startsWith("users \"" + user);
    }
  }

  @Test
  void partsOfNobodyAreABadRequest() {
    for (String header :
        List.of("Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-Scopes")) {
      assertThatThrownBy(() -> Impersonation.of(Headers.of(header, "x")))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("together with a user");
    }
  }

  @Test
  void thereIsABound() {
    Headers headers = Headers.of("Impersonate-User", "ada");
    for (int i = 0; i < 65; i++) {
      headers = headers.with("Impersonate-Group", "g" + i);
    }
    Headers many = headers;

    assertThatThrownBy(() -> Impersonation.of(many)).isInstanceOf(ApiException.class);
  }

  @Test
  void theFlagsOfKubectlAreWordsOfAShell() {
    assertThat(of("Impersonate-User", "o'ada; rm -rf /", "Impersonate-Group", "a b").flags())
        .isEqualTo("--as='o'\\''ada; rm -rf /' --as-group='a b'");
  }
}
