package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sandboxes of this host that were started and have not ended, one file each. Those of an
 * earlier run end with it; if ever one does not, it is ended here before new ones start. A process
 * is named by its number and when it began, since numbers come back.
 */
final class Leftovers {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Path folder;

  private Leftovers(Path folder) {
    this.folder = folder;
  }

  static Leftovers in(Path folder) throws IOException {
    return new Leftovers(Files.createDirectories(folder));
  }

  /** Remembers a process until it is forgotten. */
  Path remember(long pid) throws IOException {
    Path file = folder.resolve("sandbox-" + pid);
    String begin = ProcessTree.begin(pid).orElse("gone");
    Files.writeString(file, pid + "\n" + begin + "\n" + Files.readString(BOOT).strip() + "\n");
    return file;
  }

  static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ExecutorFailedException("the file of an ended sandbox stays", e);
    }
  }

  /** Ends those that were never forgotten. */
  void end() throws IOException, InterruptedException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "sandbox-*")) {
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() == 3 && lines.get(2).equals(Files.readString(BOOT).strip())) {
          end(Long.parseLong(lines.get(0)), lines.get(1));
        }
        Files.delete(file);
      }
    }
  }

  private static void end(long pid, String begin) throws InterruptedException {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || !ProcessTree.begin(pid).equals(Optional.of(begin))) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>();
    ProcessTree.children(pid).forEach(child -> ProcessHandle.of(child).ifPresent(all::add));
    all.add(process.get());
    all.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (all.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() - deadline > 0) {
        throw new ExecutorFailedException("the sandbox " + pid + " of an earlier run stays");
      }
      Thread.sleep(POLL);
    }
  }
}
