package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.testkit.git.Git;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyLimitsTest {
  private static final Uid OTHER = Uid.of("00000000-0000-4000-8000-000000000002");
  private static final long MANY = 1L << 30;

  @TempDir Path folder;

  private CopyAttempt copy(
      GitWorld world, GitSettings settings, CopyRequest.Bound bound, String want) {
    try (var limited = new JGitBackend(folder.resolve("root"), world.records(), settings)) {
      CopyAttempt attempt =
          limited.copy(
              new CopyRequest(world.repository(), OTHER, Set.of(ObjectId.of(want)), bound));
      if (attempt instanceof CopyAttempt.Copied(var objects)) {
        objects.close();
      }
      return attempt;
    }
  }

  @Test
  @DisplayName("J4.1 a copy is bounded as a push is, unless it is asked not to be")
  void aCopyIsBoundedAsAPushIs() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      var noise = new byte[50_000];
      new Random(1).nextBytes(noise);
      String want = local.commit("a", HexFormat.of().formatHex(noise));
      local.run("push", "-q", "origin", "main");
      world.backend().create(OTHER);
      List<String> before = world.files();
      GitSettings settings = GitSettings.defaults();
      assertThat(
              copy(world, settings.withPushLimits(1_000, MANY, MANY), CopyRequest.Bound.PUSH, want))
          .isEqualTo(new CopyAttempt.TooLarge("a pack of more than the limit of 1000 bytes"));
      assertThat(
              copy(world, settings.withPushLimits(MANY, 1_000, MANY), CopyRequest.Bound.PUSH, want))
          .isEqualTo(new CopyAttempt.TooLarge("an object is larger than the limit of 1000 bytes"));
      assertThat(
              copy(world, settings.withPushLimits(MANY, MANY, 1_000), CopyRequest.Bound.PUSH, want))
          .isEqualTo(
              new CopyAttempt.TooLarge("the objects inflate to more than the limit of 1000 bytes"));
      assertThat(
              copy(
                  world,
                  settings.withPushLimits(1_000, 1_000, 1_000),
                  CopyRequest.Bound.NONE,
                  want))
          .isInstanceOf(CopyAttempt.Copied.class);
      assertThat(world.files()).isEqualTo(before);
    }
  }
}
