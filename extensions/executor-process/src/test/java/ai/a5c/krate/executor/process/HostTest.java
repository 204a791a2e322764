package ai.a5c.krate.executor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  @TempDir Path folder;

  private Host with(String setting, String value) throws Exception {
    Path file = folder.resolve(setting);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
    return Host.local().withSettings(folder);
  }

  @Test
  void thisHostHasAllThatIsNeeded() {
    assertThat(Host.local().missing()).isEmpty();
  }

  @Test
  void whatIsMissingIsNamedWithItsPackage() {
    assertThat(Host.local().withPath(List.of(folder)).missing())
        .hasValueSatisfying(
            text ->
                assertThat(text).contains("unshare", "setpriv", "install", "util-linux", "tar"));
  }

  @Test
  void theSettingThatIsInTheWayIsNamed() throws Exception {
    assertThat(with("user/max_user_namespaces", "0").advice())
        .contains("sysctl -w user.max_user_namespaces=");
    assertThat(with("user/max_user_namespaces", "100").advice()).contains("container");
    assertThat(with("kernel/apparmor_restrict_unprivileged_userns", "1").advice())
        .contains("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    assertThat(with("kernel/unprivileged_userns_clone", "0").advice())
        .contains("sysctl -w kernel.unprivileged_userns_clone=1");
  }
}
