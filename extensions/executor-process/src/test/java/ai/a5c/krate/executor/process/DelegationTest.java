package ai.a5c.krate.executor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where groups would be, by folders that look like those of the kernel: what it does with them is
 * in ControlGroupsTest, on a host that has them.
 */
class DelegationTest {
  @TempDir Path root;

  private Path group(String name, String processes) throws IOException {
    Path group = Files.createDirectories(root.resolve(name));
    Files.writeString(group.resolve("cgroup.controllers"), "cpu memory pids\n");
    Files.writeString(group.resolve("cgroup.subtree_control"), "\n");
    Files.writeString(group.resolve("cgroup.procs"), processes);
    if (!name.isEmpty()) {
      Files.writeString(group.resolve("cgroup.type"), "domain\n");
      Files.writeString(group.resolve("memory.max"), "max\n");
    }
    return group;
  }

  @BeforeEach
  void host() throws IOException {
    group("", "1\n");
    group("system.slice", "");
    group("system.slice/krate.service", "12\n13\n");
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  @Test
  void rootHasThemBelowTheRootOfAllAndMovesNobody() throws Exception {
    Path place = Delegation.prepared(root, "/system.slice/krate.service");

    assertThat(place).isEqualTo(root.resolve("krate-runners"));
    assertThat(read(root.resolve("cgroup.subtree_control"))).isEqualTo("+memory");
    assertThat(read(place.resolve("cgroup.subtree_control"))).isEqualTo("+memory");
    assertThat(root.resolve("krate-server")).doesNotExist();
  }

  @Test
  void aContainerHasThemInItsOwnAndItsProcessesMove() throws Exception {
    Files.writeString(root.resolve("cgroup.type"), "domain\n");

    assertThat(Delegation.prepared(root, "/")).isEqualTo(root.resolve("krate-runners"));
    assertThat(read(root.resolve("krate-server/cgroup.procs"))).isEqualTo("1");
  }

  @Test
  void aUnitThatIsGivenAwayHasThemInItsOwn() throws Exception {
    Path unit = root.resolve("system.slice/krate.service");
    var marks = Files.getFileAttributeView(unit, UserDefinedFileAttributeView.class);
    try {
      marks.write("delegate", ByteBuffer.wrap(new byte[] {'1'}));
    } catch (IOException e) {
      return; // The folder of temporary files keeps no such marks.
    }

    assertThat(Delegation.prepared(root, "/system.slice/krate.service"))
        .isEqualTo(unit.resolve("krate-runners"));
    assertThat(unit.resolve("krate-server/cgroup.procs")).isNotEmptyFile();
    assertThat(root.resolve("krate-runners")).doesNotExist();
    // From where the server then is, the place is the same.
    group("system.slice/krate.service/krate-server", "12\n13\n");
    assertThat(Delegation.prepared(root, "/system.slice/krate.service/krate-server"))
        .isEqualTo(unit.resolve("krate-runners"));
  }

  @Test
  void whyThereIsNoPlaceIsSaid() throws Exception {
    assertThatThrownBy(() -> Delegation.prepared(root.resolve("none"), "/"))
        .isInstanceOf(IOException.class)
        .hasMessage("none are mounted at " + root.resolve("none"));
    assertThatThrownBy(() -> Delegation.prepared(root, "/../elsewhere"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("this user may make none in or above");
    Files.writeString(root.resolve("cgroup.controllers"), "cpu pids\n");
    assertThatThrownBy(() -> Delegation.prepared(root, "/"))
        .isInstanceOf(IOException.class)
        .hasMessage("groups in " + root + " cannot bound memory");
  }
}
