package ai.a5c.krate.git;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;

/**
 * Names in trees that some client's file system would take for {@code .git}: on NTFS by short
 * names, trailing dots and spaces, streams and backslashes; on HFS+ by code points that it ignores.
 * Git's fsck refuses them on every system.
 */
final class TreeNames {
  private static final int LONGEST = 4096;
  private static final Pattern NTFS_DOT_GIT =
      Pattern.compile("(?:\\.git|git~1)[. ]*(?::.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern HFS_IGNORED =
      Pattern.compile("[\\u200c-\\u200f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]");

  private TreeNames() {}

  /** Checks one name, whose plain faults (empty, slash, dot, dot-dot) were found before. */
  static void check(AnyObjectId tree, byte[] raw, int from, int to) throws CorruptObjectException {
    if (to - from > LONGEST) {
      throw new CorruptObjectException(tree, "a name is longer than " + LONGEST + " bytes");
    }
    boolean suspicious = false;
    for (int at = from; at < to; at++) {
      byte octet = raw[at];
      suspicious |= octet == '.' || octet == '~' || octet == '\\' || octet < 0;
    }
    if (!suspicious) {
      return;
    }
    String name = new String(raw, from, to - from, StandardCharsets.UTF_8);
    for (String part : name.split("\\\\", -1)) {
      if (NTFS_DOT_GIT.matcher(part).matches()) {
        throw new CorruptObjectException(tree, "contains a name that means '.git' on NTFS");
      }
    }
    if (HFS_IGNORED.matcher(name).replaceAll("").toLowerCase(Locale.ROOT).equals(".git")) {
      throw new CorruptObjectException(tree, "contains a name that means '.git' on HFS+");
    }
  }
}
