package ai.a5c.krate.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Packs in a repository's folder whose refs have not committed yet. Each has a {@code .keep} file
 * that names the process which decides about it.
 *
 * <p>Nothing may come to rely on a pending pack but its own push, because it is taken away again if
 * that push fails. A pack is taken away under a {@code removing-} mark, which exists before the
 * {@code .keep} ends and outlasts the pack's index, so an observer who looks for {@code .keep},
 * mark and index in this order never takes a vanishing pack for a settled one. A process that died
 * left packs of which nobody knows whether their refs committed: they stay, and cost no more than
 * space.
 */
final class PendingPacks {
  private static final String PREFIX = "pack-";
  private static final String REMOVING = "removing-";
  private static final String KEPT = "kept";

  private final Workplace workplace;

  PendingPacks(Workplace workplace) {
    this.workplace = workplace;
  }

  /** Announces a pack that is about to appear; durable together with the folder. */
  void announce(Path packs, String hash) throws IOException {
    DurableFiles.write(keepFile(packs, hash), workplace.name() + "\n");
  }

  /** The refs committed, or may have: the pack is like any other from now on. */
  void settle(Path packs, String hash) throws IOException {
    Files.deleteIfExists(keepFile(packs, hash));
  }

  /**
   * Nobody knows whether the refs committed: the pack stays, and stays marked until it is opened
   * anew.
   */
  void keepMarked(Path packs, String hash) throws IOException {
    Path note = packs.resolve("kept-" + hash);
    DurableFiles.write(note, KEPT + "\n");
    Files.move(note, keepFile(packs, hash), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The refs did not move: takes the pack away, unless another process has settled it meanwhile.
   */
  void withdraw(Path packs, String hash) throws IOException {
    try {
      Files.move(
          keepFile(packs, hash), packs.resolve(REMOVING + hash), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    remove(packs, hash);
  }

  /** Whether a pack may be relied on for good. */
  static boolean isSettled(Path pack) throws IOException {
    Path packs = pack.getParent();
    String hash = hashOf(pack);
    if (packs == null || hash == null) {
      return false;
    }
    Path keep = keepFile(packs, hash);
    return (Files.notExists(keep) || KEPT.equals(readOwner(keep)))
        && Files.notExists(packs.resolve(REMOVING + hash))
        && Files.exists(packs.resolve(PREFIX + hash + ".idx"));
  }

  /** Finishes what dead processes began in an object folder. */
  void settleDead(Path objects) throws IOException {
    Path packs = objects.resolve("pack");
    for (Path mark : DurableFiles.list(packs, REMOVING + "*")) {
      remove(packs, mark.getFileName().toString().substring(REMOVING.length()));
    }
    for (Path keep : DurableFiles.list(packs, PREFIX + "*.keep")) {
      String owner = readOwner(keep);
      String hash = hashOf(keep);
      if (owner == null || hash == null || workplace.lives(owner)) {
        continue;
      }
      if (Files.exists(packs.resolve(PREFIX + hash + ".idx"))) {
        Files.deleteIfExists(keep);
      } else {
        withdraw(packs, hash);
      }
    }
  }

  private static void remove(Path packs, String hash) throws IOException {
    Files.deleteIfExists(packs.resolve(PREFIX + hash + ".idx"));
    for (Path part : DurableFiles.list(packs, PREFIX + hash + ".*")) {
      Files.deleteIfExists(part);
    }
    Files.deleteIfExists(packs.resolve(REMOVING + hash));
  }

  private static @Nullable String readOwner(Path keep) throws IOException {
    try {
      return Files.size(keep) > 256
          ? null
          : Files.readString(keep, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Path keepFile(Path packs, String hash) {
    return packs.resolve(PREFIX + hash + ".keep");
  }

  private static @Nullable String hashOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.indexOf('.');
    return name.startsWith(PREFIX) && dot > 0 ? name.substring(PREFIX.length(), dot) : null;
  }
}
