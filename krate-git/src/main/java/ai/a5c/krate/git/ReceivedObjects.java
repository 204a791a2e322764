package ai.a5c.krate.git;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.BlobObjectChecker;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.MutableObjectId;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdOwnerMap;
import org.eclipse.jgit.util.RawParseUtils;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one push, checked as {@code git fsck --strict} does while they are parsed, and
 * what they refer to.
 *
 * <p>Memory grows with the number of objects, which is bounded, not with their size. Used by one
 * thread.
 */
final class ReceivedObjects extends ObjectChecker {
  private final long maxInflated;
  private final ObjectIdOwnerMap<Seen> seen = new ObjectIdOwnerMap<>();
  private final MutableObjectId buffer = new MutableObjectId();
  private long inflated;

  /** An object that was received, or that a received object refers to. */
  static final class Seen extends ObjectIdOwnerMap.Entry {
    private int received;
    private int referredAs;

    Seen(AnyObjectId id) {
      super(id);
    }

    boolean isReceived() {
      return received != 0;
    }

    boolean isReferred() {
      return referredAs != 0;
    }

    /** Whether a received object calls it one of this type. */
    boolean isReferredAs(int type) {
      return (referredAs & 1 << type) != 0;
    }

    int receivedType() {
      return received;
    }

    /** Whether everybody who refers to it means an object of this type. */
    boolean agreesWith(int type) {
      return referredAs == 0 || referredAs == 1 << type;
    }
  }

  ReceivedObjects(long maxInflated) {
    this.maxInflated = maxInflated;
  }

  boolean contains(AnyObjectId id) {
    Seen entry = seen.get(id);
    return entry != null && entry.isReceived();
  }

  /** The type of a received object, or {@link Constants#OBJ_BAD}. */
  int typeOf(AnyObjectId id) {
    Seen entry = seen.get(id);
    return entry != null && entry.isReceived() ? entry.received : Constants.OBJ_BAD;
  }

  Iterable<Seen> all() {
    return seen;
  }

  @Override
  public void check(@Nullable AnyObjectId name, int type, byte[] raw)
      throws CorruptObjectException {
    AnyObjectId id = Objects.requireNonNull(name, "the parser names every object");
    super.check(id, type, raw);
    switch (type) {
      case Constants.OBJ_COMMIT -> noteCommit(id, raw);
      case Constants.OBJ_TREE -> noteTree(id, raw);
      case Constants.OBJ_TAG -> noteTag(id, raw);
      default -> {
        return; // the blob checker has taken note
      }
    }
    count(raw.length);
    requireBound(id);
    entry(id).received = type;
  }

  @Override
  public BlobObjectChecker newBlobObjectChecker() {
    return new BlobObjectChecker() {
      @Override
      public void update(byte[] in, int offset, int length) {
        count(length);
      }

      @Override
      public void endBlob(AnyObjectId id) throws CorruptObjectException {
        requireBound(id);
        entry(id).received = Constants.OBJ_BLOB;
      }
    };
  }

  private void count(int bytes) {
    inflated += bytes;
  }

  /** Whether the bound was exceeded. */
  boolean isTooMuch() {
    return inflated > maxInflated;
  }

  private void requireBound(AnyObjectId id) throws CorruptObjectException {
    if (isTooMuch()) {
      throw new CorruptObjectException(
          id,
          "the objects of this push inflate to more than the limit of " + maxInflated + " bytes");
    }
  }

  private Seen entry(AnyObjectId id) {
    Seen entry = seen.get(id);
    if (entry == null) {
      entry = new Seen(id);
      seen.add(entry);
    }
    return entry;
  }

  private void refer(AnyObjectId id, int type) {
    entry(id).referredAs |= 1 << type;
  }

  private void noteCommit(AnyObjectId id, byte[] raw) throws CorruptObjectException {
    int at = 0;
    int authors = 0;
    for (byte[] line : header(id, raw)) {
      String text = new String(line, StandardCharsets.ISO_8859_1);
      if (at == 0) {
        refer(hexId(line, "tree ".length()), Constants.OBJ_TREE);
      } else if (text.startsWith("parent ")) {
        refer(hexId(line, "parent ".length()), Constants.OBJ_COMMIT);
      } else if (text.startsWith("author ")) {
        authors++;
      }
      at++;
    }
    if (authors > 1) {
      throw new CorruptObjectException(id, "multiple authors");
    }
    requireNoNul(id, raw);
  }

  private void noteTag(AnyObjectId id, byte[] raw) throws CorruptObjectException {
    List<byte[]> lines = header(id, raw);
    String type = new String(lines.get(1), StandardCharsets.ISO_8859_1).substring("type ".length());
    int code =
        switch (type) {
          case Constants.TYPE_COMMIT -> Constants.OBJ_COMMIT;
          case Constants.TYPE_TREE -> Constants.OBJ_TREE;
          case Constants.TYPE_BLOB -> Constants.OBJ_BLOB;
          case Constants.TYPE_TAG -> Constants.OBJ_TAG;
          default -> throw new CorruptObjectException(id, "unknown type of tagged object");
        };
    refer(hexId(lines.get(0), "object ".length()), code);
  }

  private static void requireNoNul(AnyObjectId id, byte[] raw) throws CorruptObjectException {
    for (byte octet : raw) {
      if (octet == 0) {
        throw new CorruptObjectException(id, "NUL byte in the commit");
      }
    }
  }

  /** The lines before the first empty one; the superclass has checked those that must be there. */
  private static List<byte[]> header(AnyObjectId id, byte[] raw) throws CorruptObjectException {
    var lines = new ArrayList<byte[]>();
    int from = 0;
    while (from < raw.length && raw[from] != '\n') {
      int next = RawParseUtils.nextLF(raw, from);
      if (raw[next - 1] != '\n') {
        throw new CorruptObjectException(id, "unterminated header");
      }
      lines.add(Arrays.copyOfRange(raw, from, next - 1));
      from = next;
    }
    return lines;
  }

  private static ObjectId hexId(byte[] line, int offset) {
    return ObjectId.fromString(line, offset);
  }

  private void noteTree(AnyObjectId id, byte[] raw) throws CorruptObjectException {
    int at = 0;
    while (at < raw.length) {
      int mode = 0;
      while (raw[at] != ' ') {
        mode = (mode << 3) + (raw[at++] - '0');
      }
      int name = ++at;
      while (raw[at] != 0) {
        at++;
      }
      TreeNames.check(id, raw, name, at);
      at++;
      int type = FileMode.fromBits(mode).getObjectType();
      if (type != Constants.OBJ_COMMIT) {
        buffer.fromRaw(raw, at);
        refer(buffer, type);
      }
      at += Constants.OBJECT_ID_LENGTH;
    }
  }
}
