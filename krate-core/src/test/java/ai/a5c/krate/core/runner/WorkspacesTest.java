package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.testkit.executor.FakeExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
  private static final ObjectName NAME = new ObjectName("team", "p");
  private static final long MIB = 1L << 20;
  private static final long MOST = 8 * MIB;

  @TempDir Path folder;
  private Path kept;
  private FakeExecutor executor;
  private Runner runner;
  private Workspaces workspaces;

  @BeforeEach
  void start() {
    executor = new FakeExecutor(folder);
    runner =
        executor.start("one", new RunnerTerms(TrustTier.UNTRUSTED, false, 1 << 28, 1 << 28, 64));
    kept = folder.resolve("kept");
    workspaces = new Workspaces(kept, new Shelf(kept, MOST, 0));
  }

  @AfterEach
  void end() {
    executor.close();
  }

  @Test
  void thoseOfOnePipelineStayBelowHalfOfAll() throws Exception {
    workspaces.use("u");
    for (int number = 1; number <= 12; number++) {
      fill(1_000_000);
      keep("u", number);
      assertThat(size(kept)).isLessThanOrEqualTo(MOST / 2 + 1_000);
      assertThat(workspaces.restore("u", number, runner)).isTrue();
      assertThat(number == 1 || workspaces.restore("u", number - 1, runner)).isTrue();
    }
    assertThat(workspaces.restore("u", 1, runner)).isFalse();
    assertThat(workspaces.newest("u")).hasValue(12);
  }

  @Test
  void notMoreThanACoupleOfOnePipelineAreKept() throws Exception {
    workspaces.use("u");
    for (int number = 1; number <= Shelf.MOST_OF_ONE + 2; number++) {
      keep("u", number);
    }
    try (Stream<Path> files = Files.list(kept.resolve("u"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".tar.gz")))
          .hasSize(Shelf.MOST_OF_ONE);
    }
    assertThat(workspaces.restore("u", 2, runner)).isFalse();
    assertThat(workspaces.restore("u", 3, runner)).isTrue();
  }

  @Test
  void whatIsTooLargeIsNotKeptAndNothingOlderPassesForIt() throws Exception {
    workspaces.use("u");
    keep("u", 1);
    fill(5_000_000);
    assertThatThrownBy(() -> keep("u", 2))
        .isInstanceOf(IOException.class)
        .hasMessage("this one and the one before it would take more than 4 MiB");
    assertThat(workspaces.newest("u")).hasValue(2);
    assertThat(workspaces.leftBy("u", 2)).isEqualTo("job-2");
    assertThat(workspaces.restore("u", 2, runner)).isFalse();
    assertThat(size(kept)).isLessThan(MIB);
  }

  @Test
  void whatIsInUseIsNotDroppedForOthers() throws Exception {
    fill(3_000_000);
    for (String pipeline : new String[] {"one", "two"}) {
      workspaces.use(pipeline);
      keep(pipeline, 1);
    }
    workspaces.use("three");
    assertThatThrownBy(() -> keep("three", 1))
        .isInstanceOf(IOException.class)
        .hasMessage("the workspaces of the pipelines that run would take more than 8 MiB");
    assertThat(size(kept)).isLessThanOrEqualTo(MOST + 1_000);

    workspaces.release("one");
    keep("three", 1);

    assertThat(workspaces.restore("three", 1, runner)).isTrue();
    assertThat(workspaces.restore("two", 1, runner)).isTrue();
    assertThat(kept.resolve("one")).doesNotExist();
  }

  @Test
  void theDiskIsNotFilled() throws Exception {
    workspaces = new Workspaces(kept, new Shelf(kept, MOST, Long.MAX_VALUE >> 1));
    workspaces.use("u");
    assertThatThrownBy(() -> keep("u", 1))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(" of the disk would stay free");
  }

  @Test
  void whatAResumedPipelineBeganWithIsKeptOrSaidToBeGone() throws Exception {
    workspaces.use("u");
    keep("u", 1);
    workspaces.began("u", NAME, "b", 1);
    assertThat(workspaces.adopt("u", "b", "v", NAME)).hasValue(true);
    assertThat(workspaces.newest("v")).hasValue(0);
    assertThat(workspaces.restore("v", 0, runner)).isTrue();
    workspaces.began("v", NAME, "b", 0);
    assertThat(workspaces.adopt("v", "b", "w", NAME)).hasValue(true);

    Files.delete(kept.resolve("v").resolve("0.tar.gz"));

    assertThat(workspaces.adopt("v", "b", "x", NAME)).hasValue(false);
    workspaces.began("u", NAME, "a", 0);
    assertThat(workspaces.adopt("u", "a", "x", NAME)).isEmpty();
  }

  @Test
  void whoseIsGoneGoesUnlessItIsInUse() throws Exception {
    workspaces.use("u");
    keep("u", 1);
    workspaces.tidy(owner -> owner.uid().equals("u") && owner.name().equals(NAME));
    assertThat(workspaces.newest("u")).hasValue(1);
    workspaces.release("u");
    workspaces.tidy(owner -> false);
    assertThat(workspaces.newest("u")).hasValue(1);
    workspaces.tidy(owner -> true);
    assertThat(workspaces.newest("u")).isEmpty();
    assertThat(kept.resolve("u")).doesNotExist();
  }

  @Test
  void theOldestAreDroppedFirst() throws Exception {
    fill(2_400_000);
    for (int age : new int[] {2, 3, 1}) {
      String pipeline = "old-" + age;
      workspaces.use(pipeline);
      keep(pipeline, 1);
      workspaces.release(pipeline);
      Files.setLastModifiedTime(
          kept.resolve(pipeline), FileTime.from(Instant.EPOCH.plusSeconds(100 - age)));
    }
    workspaces.use("new");
    keep("new", 1);

    assertThat(kept.resolve("old-3")).doesNotExist();
    assertThat(kept.resolve("old-2")).exists();
    assertThat(kept.resolve("old-1")).exists();
  }

  @Test
  void whatNobodyKnowsIsDropped() throws IOException {
    Files.createDirectories(kept.resolve("5"));
    workspaces.tidy(owner -> owner.name().name().isEmpty());
    assertThat(kept).isEmptyDirectory();
  }

  @Test
  void withoutAFolderThereIsNothingToTidy() throws IOException {
    workspaces.tidy(owner -> true);
    assertThat(workspaces.newest("1")).isEmpty();
  }

  /** Gives the workspace that many bytes that cannot be packed smaller. */
  private void fill(int bytes) throws Exception {
    var unused =
        runner.run(
            new Step(
                "head -c " + bytes + " /dev/urandom > f",
                Map.of(),
                "",
                Map.of(),
                Duration.ofMinutes(2)),
            new ByteArrayOutputStream());
  }

  private void keep(String pipeline, int number) throws IOException, InterruptedException {
    workspaces.leaves(pipeline, NAME, number, "job-" + number);
    workspaces.keep(pipeline, number, runner, 1 << 28);
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(WorkspacesTest::length).sum();
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
