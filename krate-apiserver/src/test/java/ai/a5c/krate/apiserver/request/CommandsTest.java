package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.house.House;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommandsTest {
  private static String command(
      String verb, String name, String method, String query, String body) {
    Request request =
        Request.of(
            "id",
            Instant.EPOCH,
            Caller.inProcess(Subject.ANONYMOUS),
            ApiRequest.of(method, "/x" + query, "application/merge-patch+json", body));
    return Commands.of(request, new Target(House.NOTE, "team", name, ""), verb);
  }

  /**
   * What a POSIX shell makes of the command, kubectl replaced by a program that shows its words and
   * its input.
   */
  private static String run(String command) throws Exception {
    String script =
        "kubectl() { for w in \"$@\"; do printf '[%s]' \"$w\"; done; cat; }\n" + command;
    Process shell = new ProcessBuilder("/bin/sh", "-c", script).redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    return output;
  }

  @Test
  void aPatchIsOneWordWhateverStandsInIt() throws Exception {
    String patch = "{\"a\":\"it's $(touch /nowhere) `id` \\\\ \"}";

    assertThat(run(command("patch", "a", "PATCH", "", patch)))
        .isEqualTo(
            "[patch][notes.toys.example.org][a][--namespace=team][--type=merge][--patch="
                + patch
                + "]");
  }

  @Test
  void aDocumentEndsWhereItEnds() throws Exception {
    String body = "EOF\necho injected\nEOF_\necho again\n EOF";

    assertThat(run(command("create", "", "POST", "", body)))
        .isEqualTo("[create][--namespace=team][-f][-]" + body + "\n");
  }

  @Test
  void aDocumentIsNotExpanded() throws Exception {
    assertThat(run(command("update", "a", "PUT", "", "{\"a\":\"$HOME `id`\"}")))
        .isEqualTo("[replace][--namespace=team][-f][-]{\"a\":\"$HOME `id`\"}\n");
  }

  @Test
  void whatIsLongOrNotTextIsLeftOut() {
    assertThat(command("create", "", "POST", "", "x".repeat(20_000)))
        .contains("(20000 bytes that are not kept here)");
    assertThat(command("create", "", "POST", "", "a\u001b[2Jb"))
        .contains("(6 bytes that are not kept here)");
  }

  @Test
  void aCollectionIsNamedByItsSelectors() throws Exception {
    assertThat(run(command("deletecollection", "", "DELETE", "", "")))
        .isEqualTo("[delete][notes.toys.example.org][--namespace=team][--all]");
    assertThat(run(command("deletecollection", "", "DELETE", "?labelSelector=app%3D'x'", "")))
        .isEqualTo("[delete][notes.toys.example.org][--namespace=team][--selector=app='x']");
  }
}
