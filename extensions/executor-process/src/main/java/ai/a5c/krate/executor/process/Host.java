package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What sandboxes are built from.
 *
 * @param path the folders of programs, the first first
 * @param settings where the kernel shows its settings
 * @param groups the folder of control groups, in the form of their first version
 * @param locks where processes of this host agree on the users of their runners
 * @param shown folders that jobs see, as sandbox.sh shows them
 */
record Host(List<Path> path, Path settings, Path groups, Path locks, List<Path> shown) {
  private static final List<Path> PROGRAMS =
      Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").map(Path::of).toList();

  private static final List<Path> SHOWN =
      Stream.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
          .map(Path::of)
          .toList();

  /** What is used, and the package of Debian and others that it is in. */
  private static final List<Tool> TOOLS =
      List.of(
          new Tool("unshare", "util-linux"),
          new Tool("nsenter", "util-linux"),
          new Tool("setpriv", "util-linux"),
          new Tool("pivot_root", "util-linux"),
          new Tool("mount", "mount or util-linux"),
          new Tool("umount", "mount or util-linux"),
          new Tool("hostname", "hostname"),
          new Tool("tar", "tar"),
          new Tool("find", "findutils"),
          new Tool("sh", "dash or bash"),
          new Tool("env", "coreutils"),
          new Tool("head", "coreutils"),
          new Tool("nice", "coreutils"),
          new Tool("perl", "perl"));

  private record Tool(String name, String from) {}

  Host {
    path = List.copyOf(path);
    shown = List.copyOf(shown);
  }

  static Host local() {
    return new Host(
        PROGRAMS,
        Path.of("/proc/sys"),
        Path.of("/sys/fs/cgroup"),
        Path.of("/run/krate-runners"),
        SHOWN);
  }

  Host withPath(List<Path> folders) {
    return new Host(folders, settings, groups, locks, shown);
  }

  Host withSettings(Path folder) {
    return new Host(path, folder, groups, locks, shown);
  }

  Host withGroups(Path folder) {
    return new Host(path, settings, folder, locks, shown);
  }

  Host withShown(List<Path> folders) {
    return new Host(path, settings, groups, locks, folders);
  }

  /** The whole name of a program. */
  String program(String name) {
    return path.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseThrow(() -> new ExecutorFailedException("there is no program " + name));
  }

  private boolean has(String program) {
    return path.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
  }

  /** What is not installed, and how to install it. */
  Optional<String> missing() {
    var packages = new TreeMap<String, String>();
    for (Tool tool : TOOLS) {
      if (!has(tool.name())) {
        packages.put(tool.name(), tool.from());
      }
    }
    if (packages.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "this host lacks "
            + String.join(", ", packages.keySet())
            + ": install "
            + String.join(", ", packages.values().stream().distinct().toList()));
  }

  /**
   * Why a folder of the server cannot be where it is, if so: its files are its user's alone, and so
   * are the jobs of a server that is not root.
   */
  Optional<String> exposed(Path folder) throws IOException {
    Path real = folder.toRealPath();
    for (Path place : shown) {
      if (Files.isDirectory(place) && real.startsWith(place.toRealPath())) {
        return Optional.of(
            "jobs see what is below %s, and there is %s: move the data folder elsewhere"
                .formatted(place, folder));
      }
    }
    return Optional.empty();
  }

  /** Why sandboxes do not start here, as far as the kernel's settings tell. */
  String advice() {
    if (setting("user/max_user_namespaces").equals("0")) {
      return "user namespaces are turned off: sysctl -w user.max_user_namespaces=15000";
    }
    if (setting("kernel/unprivileged_userns_clone").equals("0")) {
      return "only root may make user namespaces: sysctl -w kernel.unprivileged_userns_clone=1";
    }
    if (setting("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
      return "AppArmor keeps user namespaces from programs without a profile:"
          + " sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    }
    return "if Krate runs in a container, that container may not make namespaces or mount /proc:"
        + " run it on the host, or let its runtime allow them";
  }

  private String setting(String name) {
    try {
      return Files.readString(settings.resolve(name)).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
