package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.FolderFiles;
import ai.a5c.krate.spi.git.GitBackend;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The digests by which workflow files are compared. */
public final class FileDigest {
  /** How large a workflow file may be. */
  public static final int LARGEST = 256 * 1024;

  private static final int MOST = 256;

  private FileDigest() {}

  /** The SHA-256 of bytes (FIPS 180-4), as {@code sha256:<hex>}. */
  public static String of(Bytes content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.toArray());
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest of a workflow file as a commit has it; empty if it has none there. */
  public static Optional<String> of(GitBackend git, Uid repository, ObjectId commit, String path) {
    int slash = path.lastIndexOf('/');
    if (slash <= 0) {
      return Optional.empty();
    }
    String name = path.substring(slash + 1);
    var wanted = new FolderFiles.Wanted(path.substring(0, slash), List.of(name), MOST, LARGEST);
    return git.files(repository, commit, wanted).orElse(FolderFiles.NONE).files().stream()
        .filter(file -> file.name().equals(name))
        .flatMap(file -> Optional.ofNullable(file.content()).stream())
        .map(FileDigest::of)
        .findFirst();
  }
}
