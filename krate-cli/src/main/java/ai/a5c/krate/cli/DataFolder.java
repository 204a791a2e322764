package ai.a5c.krate.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a server keeps everything, held by one process at a time.
 *
 * <pre>
 * lock               held while a server runs; its process id
 * admin.kubeconfig   the administrator's way in, for kubectl
 * admin.crt, .key    the same, for git and curl
 * ca.crt             what clients check the server with
 * keys/ca.key        signs the server's and clients' certificates
 * keys/server.crt, .key
 * keys/sealing       wrap the keys of documents that are sealed at rest
 * keys/tokens/       sign tokens, and check those that are out
 * keys/audit         signs the anchor of the audit trail
 * audit/head         the anchor: the newest entry of the audit trail
 * database/          the embedded PostgreSQL
 * repositories/      objects and packs, by the repository's uid
 * runner/            workspaces of pipelines, and what runs their steps
 * </pre>
 */
final class DataFolder implements AutoCloseable {
  /** Where the anchor of the audit trail is. */
  static final String AUDIT = "audit";

  /** The key that signs it. */
  static final String AUDIT_KEY = "keys/audit";

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Creates the folder if it is not there, and takes it.
   *
   * @throws StartFailedException if it cannot be used, or another server uses it
   */
  static DataFolder open(Path root) {
    try {
      boolean fresh = Files.notExists(root);
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!fresh) {
        closeToOthers(root);
      }
      return take(root);
    } catch (IOException | UnsupportedOperationException e) {
      throw new StartFailedException(
          "The data folder "
              + root
              + " cannot be used: "
              + e
              + ". Choose another with "
              + Settings.DATA_DIR.flag()
              + ".",
          e);
    }
  }

  private static void closeToOthers(Path folder) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
    if (!owner.containsAll(mode)) {
      Files.setPosixFilePermissions(folder, owner);
    }
  }

  private static DataFolder take(Path root) throws IOException {
    Path file = root.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    FileLock lock = tryLock(channel);
    if (lock == null) {
      String holder = read(channel);
      channel.close();
      throw new StartFailedException(
          "The data folder "
              + root
              + " is in use by another Krate server"
              + (holder.isEmpty() ? "" : ", process " + holder)
              + ". Stop that one first, or choose another folder with "
              + Settings.DATA_DIR.flag()
              + ".");
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
        0);
    channel.force(true);
    return new DataFolder(root, channel, lock);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(32);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
  }

  Path root() {
    return root;
  }

  Path caCertificate() {
    return root.resolve("ca.crt");
  }

  Path adminCertificate() {
    return root.resolve("admin.crt");
  }

  Path adminKey() {
    return root.resolve("admin.key");
  }

  Path adminKubeconfig() {
    return root.resolve("admin.kubeconfig");
  }

  /** Where the keys are; created if missing. */
  Path keys() {
    return folder("keys");
  }

  /** Where the keys of tokens are; created if missing. */
  Path tokenKeys() {
    Path unused = keys();
    return folder("keys/tokens");
  }

  /** Where the embedded database is. */
  Path database() {
    return root.resolve("database");
  }

  /** Where objects and packs are; created if missing. */
  Path repositories() {
    return folder("repositories");
  }

  /** Where jobs run and workspaces are kept; created if missing. */
  Path runner() {
    return folder("runner");
  }

  /** Where the anchor of the audit trail is; created if missing. */
  Path audit() {
    return folder(AUDIT);
  }

  private Path folder(String name) {
    Path folder = root.resolve(name);
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      DurableFile.force(folder.resolve("..").normalize());
    } catch (IOException e) {
      throw new StartFailedException("The folder " + folder + " cannot be created: " + e, e);
    }
    return folder;
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      System.getLogger(DataFolder.class.getName())
          .log(System.Logger.Level.WARNING, "giving back " + root, e);
    }
  }
}
