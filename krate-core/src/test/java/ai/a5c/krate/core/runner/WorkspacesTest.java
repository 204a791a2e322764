package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.controller.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
  private static final int BYTES = 1_000;

  @TempDir Path folder;

  private Workspaces workspaces;

  @BeforeEach
  void open() {
    // Each has a few bytes more for its name and its notes.
    workspaces = new Workspaces(folder, 2 * BYTES + BYTES / 2);
  }

  /** What is kept of a pipeline, whose name is its uid with a letter before it. */
  private void keep(String uid, Instant at) throws IOException {
    workspaces.began(uid, new ObjectName("team", "p" + uid), "test", 1);
    Path home = folder.resolve(uid);
    Files.write(home.resolve("1.tar.gz"), new byte[BYTES]);
    Files.setLastModifiedTime(home, FileTime.from(at));
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> homes = Files.list(folder)) {
      return homes.map(home -> home.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsLeftOfPipelinesThatAreGoneIsDropped() throws IOException {
    keep("1", Instant.EPOCH);
    keep("2", Instant.EPOCH);
    keep("3", Instant.EPOCH);
    workspaces.tidy(Set.of("3"), owner -> !owner.name().equals(new ObjectName("team", "p1")));

    assertThat(kept()).containsExactly("1", "3");
  }

  @Test
  void theOldestAreDroppedWhereAllAreTooLarge() throws IOException {
    keep("1", Instant.EPOCH.plusSeconds(2));
    keep("2", Instant.EPOCH.plusSeconds(3));
    keep("3", Instant.EPOCH.plusSeconds(1));
    keep("4", Instant.EPOCH);
    workspaces.tidy(Set.of("4"), owner -> false);

    assertThat(kept()).containsExactly("1", "2", "4");
  }

  @Test
  void whatNobodyKnowsIsDropped() throws IOException {
    Files.createDirectories(folder.resolve("5"));
    workspaces.tidy(Set.of(), owner -> owner.name().name().isEmpty());

    assertThat(kept()).isEmpty();
  }

  @Test
  void withoutAFolderThereIsNothingToTidy() throws IOException {
    var none = new Workspaces(folder.resolve("none"), BYTES);
    none.tidy(Set.of(), owner -> true);
    assertThat(none.newest("1")).isEmpty();
  }
}
