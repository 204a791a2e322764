package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quick start's demo, with the real kubectl and git, against a server process. */
class QuickStartIT {
  private static final Path DEMO = Path.of("..", "examples", "quickstart", "demo.sh");

  @TempDir Path temporary;

  @Test
  void theDemoSucceedsOnANewServerAndOnceMore() throws Exception {
    try (ServerProcess server = ServerProcess.start(temporary.resolve("data"))) {
      assertTheRoad(demo(server));
      assertTheRoad(demo(server));
    }
  }

  private static void assertTheRoad(String said) {
    assertThat(said)
        .contains("User \"carol\" cannot create resource \"pullrequests\"")
        .contains("User \"dave\" cannot list resource \"pullrequests\"")
        .containsPattern("repository 'https://.*/acme/web.git/' not found")
        .contains("main is protected by BranchProtection \"main\": changes come by pull request")
        .contains("Say in the title what changes, in at least 8 characters.")
        .contains("ApprovalsMissing: BranchProtection \"main\": 0 of 1 approvals")
        .contains("alice opened the pull request or moved its branch")
        .containsPattern("web-\\d+ +\\d+ +Have an idea +alice +Open +False ")
        .containsPattern("web-\\d+ +Approve +alice +false ")
        .containsPattern("web-\\d+ +Approve +bob +true ")
        .containsPattern("web-\\d+ +\\d+ +Have an idea +alice +Open +True ")
        .containsPattern("Merged +alice +\\[bob\\]")
        .containsPattern("(?s)testing 1 of 3.*testing 2 of 3.*testing 3 of 3")
        .contains("publishing with the token ***")
        .doesNotContain("acme-7f3c9d2e51")
        .containsPattern("\\{\"exitCode\":3,.*\"signature\":\"[0-9a-f]+\"\\}")
        .containsPattern("build-\\S+ +build +refs/heads/try-\\d+ +[0-9a-f]{12} +Trusted +Failed ")
        .containsPattern("build-\\S+-1 +build-\\S+ +test +Canceled ")
        .contains("ChecksFailed: BranchProtection \"build\": check \"build\" of a pipeline on ")
        .contains("WorkflowChanged: BranchProtection \"build\"")
        .containsPattern("web-\\d+ +\\d+ +Build what comes onto main +alice +Open +True ")
        .containsPattern(
            "build-\\S+ +build +refs/pull/\\d+/head +[0-9a-f]{12} +Untrusted +Succeeded ")
        .containsPattern("Untrusted: refs/pull/\\d+/head is neither a branch nor a tag")
        .containsPattern("(?s)network: this host.*network: none")
        .contains("no token, so nothing is published")
        .contains("RunnerPool \"trusted\" is for trusted code, and this is not")
        .contains("the server alone writes jobs")
        .containsPattern("pullrequest.updated +Retrying ")
        .containsPattern("pipeline.completed +Pending ")
        .containsPattern("(?s)pullrequest.updated evt_.*pipeline.completed evt_")
        .containsPattern("receiver-replay-\\S+ replays receiver-")
        .contains("1 of 1 deliveries are replayed.")
        .containsPattern("try-\\S+ +receiver +hook.test +Delivered ")
        .containsPattern("carol: kubectl create ")
        .containsPattern("alice: git push .*:refs/heads/main")
        .containsPattern("\\d+ entries were checked: the trail is unbroken")
        .contains("everything is as it should be");
  }

  private String demo(ServerProcess server) throws Exception {
    File output = temporary.resolve("demo.out").toFile();
    var builder =
        new ProcessBuilder("bash", DEMO.toRealPath().toString())
            .directory(temporary.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("KRATE_") || name.startsWith("GIT_"));
    environment.keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    environment.put("HOME", temporary.toString());
    environment.put("KRATE_DATA_DIR", server.data().toString());
    environment.put("JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    environment.put("KRATE", Launcher.write(temporary.resolve("krate")).toString());
    environment.put("RECEIVER_PORT", Integer.toString(freePort()));
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(8, TimeUnit.MINUTES);
      String said = Files.readString(output.toPath());
      assertThat(ended).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
