package ai.a5c.krate.core.runner;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.Runner;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The workspaces that pipelines had after their steps, as packed files: a folder for each pipeline,
 * named by its uid.
 *
 * <pre>
 * name            namespace and name of the pipeline
 * 1, 2 ...        for each step that ended well, in the order of time, the name of its job;
 *                 0 for what the pipeline began with, if that is not the checkout
 * 1.tar.gz ...    the workspace it left, if that could be kept and is still
 * before-...      for each step, by a hash of its name, the number of what it began with
 * </pre>
 *
 * What is missing cannot be resumed from, and nothing else depends on it. What a step left was
 * written to the disk. May be used from many threads at once, for one pipeline by one.
 */
final class Workspaces {
  static final String PACKED = ".tar.gz";
  static final String BEFORE = "before-";
  private static final String NAME = "name";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");
  private static final int BUFFER = 1 << 16;

  /**
   * So many commits are checked out at once: each takes memory, and together they are no faster.
   */
  static final int CHECKOUTS = 32;

  private final Path folder;
  private final Shelf shelf;
  private final Semaphore checkouts = new Semaphore(CHECKOUTS);

  Workspaces(Path folder, Shelf shelf) {
    this.folder = folder;
    this.shelf = shelf;
  }

  /** Leaves those of a pipeline alone until it is released. */
  void use(String pipeline) {
    shelf.use(folder.resolve(pipeline));
  }

  void release(String pipeline) {
    shelf.release(folder.resolve(pipeline));
  }

  /** What whoever checks out a commit has one of meanwhile. */
  Semaphore checkouts() {
    return checkouts;
  }

  /** The number of the newest workspace that a pipeline had, whether or not it is kept. */
  OptionalInt newest(String pipeline) throws IOException {
    return Shelf.files(folder.resolve(pipeline)).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> NUMBER.matcher(name).matches())
        .mapToInt(Integer::parseInt)
        .max();
  }

  /** The job that left a workspace, by name. */
  String leftBy(String pipeline, int number) throws IOException {
    return Files.readString(folder.resolve(pipeline).resolve(String.valueOf(number)));
  }

  /** Notes that a job leaves a workspace, before it is kept: nothing goes on from an older one. */
  void leaves(String pipeline, ObjectName name, int number, String job) throws IOException {
    Path home = home(pipeline, name);
    Files.deleteIfExists(home.resolve(number + PACKED));
    if (number == 1) {
      sync(home.resolve(NAME));
      sync(folder);
    }
    write(home, String.valueOf(number), job);
  }

  /** Forgets that a workspace was left. */
  void forget(String pipeline, int number) throws IOException {
    Path home = folder.resolve(pipeline);
    Files.deleteIfExists(home.resolve(number + PACKED));
    Files.deleteIfExists(home.resolve(String.valueOf(number)));
  }

  /**
   * Keeps the present workspace. If there is no room, the oldest of its pipeline go, but for the
   * one that the step began with, and the oldest pipelines that are not in use.
   *
   * @param most bytes that are packed
   * @throws ai.a5c.krate.spi.executor.ExecutorFailedException if it is larger, or the runner is
   *     gone
   * @throws IOException if there is no room for it, too
   */
  void keep(String pipeline, int number, Runner runner, long most)
      throws IOException, InterruptedException {
    Path home = folder.resolve(pipeline);
    Path part = home.resolve("part");
    try {
      try (FileChannel file = FileChannel.open(part, CREATE, TRUNCATE_EXISTING, WRITE);
          var bounded = shelf.bound(Channels.newOutputStream(file), home, number);
          var out = packing(new BufferedOutputStream(bounded, BUFFER))) {
        runner.pack(out, most);
        out.finish();
        out.flush();
        file.force(true);
      }
      Files.move(part, home.resolve(number + PACKED), StandardCopyOption.ATOMIC_MOVE);
      sync(home);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Gives a runner a workspace that is kept; false if it is not. */
  boolean restore(String pipeline, int number, Runner runner)
      throws IOException, InterruptedException {
    Path file = folder.resolve(pipeline).resolve(number + PACKED);
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), BUFFER)) {
      runner.unpack(in);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Notes which workspace a step begins with; 0 is what the pipeline began with. Does not wait for
   * the disk: no step begins later because of it, and without it nobody resumes at the step.
   */
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
    if (number == 0 && Files.notExists(old.resolve("0"))) {
      return Optional.empty();
    }
    Path home = home(to, name);
    Path base = home.resolve("0" + PACKED);
    Files.deleteIfExists(base);
    try {
      Files.createLink(base, old.resolve(number + PACKED));
    } catch (NoSuchFileException e) {
      return Optional.of(false);
    }
    write(home, "0", from);
    return Optional.of(true);
  }

  /**
   * Drops the workspaces of pipelines that are gone and not in use.
   *
   * @param gone whether the pipeline of a uid and name is gone
   */
  void tidy(Predicate<Owner> gone) throws IOException {
    for (Path home : Shelf.files(folder)) {
      if (gone.test(owner(home))) {
        shelf.drop(home);
      }
    }
  }

  /** Whose a workspace is. */
  record Owner(String uid, ObjectName name) {}

  private static Owner owner(Path home) {
    String uid = home.getFileName().toString();
    try {
      String[] parts = Files.readString(home.resolve(NAME)).strip().split("/", -1);
      return new Owner(uid, new ObjectName(parts[0], parts.length > 1 ? parts[1] : ""));
    } catch (IOException e) {
      return new Owner(uid, new ObjectName("", ""));
    }
  }

  private Path home(String pipeline, ObjectName name) throws IOException {
    Path home = folder.resolve(pipeline);
    if (!Files.exists(home)) {
      Files.createDirectories(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.writeString(home.resolve(NAME), name.namespace() + "/" + name.name());
    }
    return home;
  }

  private static String before(String step) {
    return BEFORE + UUID.nameUUIDFromBytes(step.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path home, String file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(home.resolve(file), CREATE, TRUNCATE_EXISTING, WRITE)) {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes);
      }
      channel.force(true);
    }
    sync(home);
  }

  /** Writes to the disk what a file holds, or which files a folder has. */
  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      channel.force(true);
    }
  }

  /** Fast rather than small: most of it is read again within a minute, or never. */
  private static GZIPOutputStream packing(OutputStream out) throws IOException {
    return new GZIPOutputStream(out, BUFFER) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }
}
