package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.apiserver.kind.Yaml;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class KubeconfigTest {
  private final Kubeconfig kubeconfig = new Kubeconfig("https://forge.example.org", "PEM");

  @Test
  void anyUserNameIsWrittenSoThatItIsReadAgain() {
    for (String user : List.of("ada", "null", "o'ada \"x\": #y", "a\\b", "ädä@example.org")) {
      JsonObject read =
          Yaml.documents(Bytes.utf8(kubeconfig.withToken(user, Secret.of("a.b.c")))).getFirst();

      assertThat(Api.text(read.getJsonArray("users").getJsonObject(0), "name")).isEqualTo(user);
      assertThat(Api.text(read.getJsonArray("users").getJsonObject(0), "user", "token"))
          .isEqualTo("a.b.c");
      assertThat(Api.text(read.getJsonArray("contexts").getJsonObject(0), "context", "user"))
          .isEqualTo(user);
    }
  }

  @Test
  void theServerIsFoundAgain() {
    assertThat(Kubeconfig.server(Bytes.utf8(kubeconfig.withCertificate("x", "C", "K"))))
        .contains(URI.create("https://forge.example.org"));
  }

  @Test
  void whatNamesNoServerIsNoKubeconfig() {
    for (String text :
        List.of(
            "",
            "[",
            "a: b",
            "clusters: x",
            "clusters: [x]",
            "clusters: [{cluster: {server: 'http://x'}}]",
            "clusters: [{cluster: {server: ' '}}]")) {
      assertThat(Kubeconfig.server(Bytes.utf8(text))).as(text).isEmpty();
    }
  }
}
