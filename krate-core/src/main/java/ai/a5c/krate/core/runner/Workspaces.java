package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.Runner;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The workspaces that pipelines had after their steps, as packed files: a folder for each pipeline,
 * named by its uid.
 *
 * <pre>
 * name            namespace and name of the pipeline
 * 0.tar.gz        what it began with, if that is not the checkout
 * 1.tar.gz ...    after each step that succeeded, in the order of time
 * before-...      for each step, by a hash of its name, the number of what it began with
 * </pre>
 *
 * What is missing cannot be resumed from, and nothing else depends on it. May be used from many
 * threads at once, for one pipeline by one.
 */
final class Workspaces {
  /** How many are kept of one pipeline. */
  static final int MOST_OF_ONE = 20;

  /** How many bytes are kept of all. */
  static final long MOST_BYTES = 10L << 30;

  private static final Pattern PACKED = Pattern.compile("([0-9]{1,6})\\.tar\\.gz");
  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final long mostBytes;

  Workspaces(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  /** The number of the newest workspace of a pipeline, if one is kept. */
  OptionalInt newest(String pipeline) throws IOException {
    return numbers(pipeline).stream().mapToInt(Integer::intValue).max();
  }

  /**
   * Keeps the present workspace, as the newest of its pipeline.
   *
   * @throws ai.a5c.krate.spi.executor.ExecutorFailedException if it is too large, or the runner is
   *     gone
   */
  int keep(String pipeline, ObjectName name, Runner runner, long most)
      throws IOException, InterruptedException {
    Path home = home(pipeline, name);
    int number = Math.max(0, newest(pipeline).orElse(0)) + 1;
    Path part = home.resolve("part");
    try {
      try (OutputStream out = packing(part)) {
        runner.pack(out, most);
      }
      Files.move(part, home.resolve(number + ".tar.gz"), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    List<Integer> all = numbers(pipeline);
    for (int i = 0; i < all.size() - MOST_OF_ONE; i++) {
      Files.deleteIfExists(home.resolve(all.get(i) + ".tar.gz"));
    }
    return number;
  }

  /** Gives a runner a workspace that is kept; false if it is not. */
  boolean restore(String pipeline, int number, Runner runner)
      throws IOException, InterruptedException {
    Path file = folder.resolve(pipeline).resolve(number + ".tar.gz");
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), BUFFER)) {
      runner.unpack(in);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Notes which workspace a step begins with; 0 is what the pipeline began with. */
  void began(String pipeline, ObjectName name, String step, int number) throws IOException {
    Files.writeString(home(pipeline, name).resolve(before(step)), String.valueOf(number));
  }

  /**
   * Lets a pipeline begin with what a step of another one began with: empty if that began with the
   * checkout, otherwise whether it is kept still.
   */
  Optional<Boolean> adopt(String from, String step, String to, ObjectName name) throws IOException {
    Path old = folder.resolve(from);
    int number;
    try {
      number = Integer.parseInt(Files.readString(old.resolve(before(step))).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.of(false);
    }
    Path file = old.resolve(number + ".tar.gz");
    if (Files.notExists(file)) {
      return number == 0 ? Optional.empty() : Optional.of(false);
    }
    Path base = home(to, name).resolve("0.tar.gz");
    Files.deleteIfExists(base);
    Files.createLink(base, file);
    return Optional.of(true);
  }

  /**
   * Drops the workspaces of pipelines that are gone, and the oldest if all together are too large.
   *
   * @param inUse pipelines that are left alone
   * @param gone whether the pipeline of a uid and name is gone
   */
  void tidy(Set<String> inUse, Predicate<Owner> gone) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    List<Kept> kept = new ArrayList<>();
    try (Stream<Path> homes = Files.list(folder)) {
      for (Path home : homes.toList()) {
        String pipeline = home.getFileName().toString();
        if (!inUse.contains(pipeline)) {
          if (gone.test(owner(home))) {
            remove(home);
          } else {
            kept.add(new Kept(home, size(home), Files.getLastModifiedTime(home).toMillis()));
          }
        }
      }
    }
    kept.sort(Comparator.comparingLong(Kept::since).reversed());
    long bytes = 0;
    for (Kept one : kept) {
      bytes += one.bytes();
      if (bytes > mostBytes) {
        remove(one.home());
      }
    }
  }

  /** Whose a workspace is. */
  record Owner(String uid, ObjectName name) {}

  private record Kept(Path home, long bytes, long since) {}

  private static Owner owner(Path home) {
    String uid = home.getFileName().toString();
    try {
      String[] parts = Files.readString(home.resolve("name")).strip().split("/", -1);
      return new Owner(uid, new ObjectName(parts[0], parts.length > 1 ? parts[1] : ""));
    } catch (IOException e) {
      return new Owner(uid, new ObjectName("", ""));
    }
  }

  private static long size(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files.mapToLong(Workspaces::sizeOf).sum();
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(home);
  }

  private List<Integer> numbers(String pipeline) throws IOException {
    Path home = folder.resolve(pipeline);
    if (Files.notExists(home)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(home)) {
      return files
          .map(file -> PACKED.matcher(file.getFileName().toString()))
          .filter(java.util.regex.Matcher::matches)
          .map(matcher -> Integer.valueOf(matcher.group(1)))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Path home(String pipeline, ObjectName name) throws IOException {
    Path home = folder.resolve(pipeline);
    if (Files.notExists(home)) {
      Files.createDirectories(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.writeString(
          home.resolve("name"), name.namespace() + "/" + name.name(), StandardCharsets.UTF_8);
    }
    return home;
  }

  private static String before(String step) {
    return "before-" + UUID.nameUUIDFromBytes(step.getBytes(StandardCharsets.UTF_8));
  }

  /** Fast rather than small: most of it is read again within a minute, or never. */
  private static OutputStream packing(Path file) throws IOException {
    return new GZIPOutputStream(
        new BufferedOutputStream(Files.newOutputStream(file), BUFFER), BUFFER) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }
}
