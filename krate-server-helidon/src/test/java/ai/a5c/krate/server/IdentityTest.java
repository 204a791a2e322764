package ai.a5c.krate.server;

import static ai.a5c.krate.server.TestServer.ADMIN;
import static ai.a5c.krate.server.TestServer.PKI;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private final TestServer server =
      new TestServer((subject, remote, request) -> TestServer.json("{}"));

  @AfterEach
  void stop() {
    server.close();
  }

  private Subject whoIs(TestPki.Identity... shown) throws Exception {
    assertThat(server.get("/apis", shown).statusCode()).isEqualTo(200);
    return server.caller.get();
  }

  @Test
  void aClientWithoutCertificateIsAnonymous() throws Exception {
    assertThat(whoIs()).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aCertificateOfOurAuthorityNamesUserAndGroups() throws Exception {
    Subject admin = whoIs(ADMIN);
    assertThat(admin.name()).isEqualTo("krate:admin");
    assertThat(admin.groups()).containsExactlyInAnyOrder("system:masters", "system:authenticated");
  }

  @Test
  void everyOrganizationOfACertificateIsAGroup() throws Exception {
    assertThat(whoIs(PKI.client("O=a,O=b+OU=x,CN=ada")).groups())
        .containsExactlyInAnyOrder("a", "b", "system:authenticated");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsAnonymous() throws Exception {
    var stranger = new TestPki("test authority").client("O=system:masters,CN=krate:admin");
    assertThat(whoIs(stranger)).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aCertificateThatHasExpiredIsAnonymous() throws Exception {
    var old =
        PKI.client(
            "O=system:masters,CN=krate:admin", KeyPurposeId.id_kp_clientAuth, Duration.ofDays(-1));
    assertThat(whoIs(old)).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aServersCertificateIsNoClient() throws Exception {
    var other =
        PKI.client(
            "O=system:masters,CN=krate:admin", KeyPurposeId.id_kp_serverAuth, Duration.ofDays(1));
    assertThat(whoIs(other)).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aCertificateWithTwoNamesIsAnonymous() throws Exception {
    assertThat(whoIs(PKI.client("CN=ada,CN=krate:admin"))).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void whatTheHttpLayerSaysOfAnUnprovedCertificateIsNotForwarded() throws Exception {
    whoIs(new TestPki("other").client("CN=krate:admin"));
    assertThat(server.request.get().headers().asMap()).doesNotContainKey("x-helidon-cn");
  }

  @Test
  void onlyHttp11IsOffered() throws Exception {
    try (var client = server.client()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(server.uri("/apis")).build(),
              HttpResponse.BodyHandlers.discarding());
      assertThat(answer.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_1_1);
    }
  }
}
