package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.TreeFormatter;

/** A pack of small commits, made in memory: it costs the client next to nothing. */
final class PackBuilder {
  private static final PersonIdent ADA =
      new PersonIdent("Ada", "ada@example.org", Instant.ofEpochSecond(1), ZoneOffset.UTC);
  private static final String README = "README";

  private final ObjectInserter.Formatter ids = new ObjectInserter.Formatter();
  private final ByteArrayOutputStream objects = new ByteArrayOutputStream();
  private int count;

  /** A commit without parents, of one file. */
  ObjectId root(String text) {
    var tree = new TreeFormatter();
    tree.append(README, FileMode.REGULAR_FILE, blob(text));
    return commit(tree, text);
  }

  /** A commit without parents, of one file in folders. */
  ObjectId rootAt(String path, String text) {
    String[] names = path.split("/", -1);
    ObjectId id = blob(text);
    var tree = new TreeFormatter();
    tree.append(names[names.length - 1], FileMode.REGULAR_FILE, id);
    for (int i = names.length - 2; i >= 0; i--) {
      id = add(Constants.OBJ_TREE, tree.toByteArray());
      tree = new TreeFormatter();
      tree.append(names[i], FileMode.TREE, id);
    }
    return commit(tree, text);
  }

  /** A commit upon a {@link #root}, that adds a file. */
  ObjectId child(ObjectId root, String rootText, String file, String text) {
    var tree = new TreeFormatter();
    tree.append(README, FileMode.REGULAR_FILE, idOf(rootText));
    tree.append(file, FileMode.REGULAR_FILE, blob(text));
    return commit(tree, text, root);
  }

  private ObjectId idOf(String text) {
    return ids.idFor(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
  }

  private ObjectId blob(String text) {
    return add(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
  }

  private ObjectId commit(TreeFormatter tree, String message, ObjectId... parents) {
    var commit = new CommitBuilder();
    commit.setTreeId(add(Constants.OBJ_TREE, tree.toByteArray()));
    commit.setParentIds(parents);
    commit.setAuthor(ADA);
    commit.setCommitter(ADA);
    commit.setMessage(message);
    try {
      return add(Constants.OBJ_COMMIT, commit.build());
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every JDK has UTF-8", e);
    }
  }

  private ObjectId add(int type, byte[] content) {
    int size = content.length;
    int head = (type << 4) | (size & 0x0f);
    for (size >>>= 4; size > 0; size >>>= 7) {
      objects.write(head | 0x80);
      head = size & 0x7f;
    }
    objects.write(head);
    try (var deflater = new DeflaterOutputStream(objects)) {
      deflater.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written to", e);
    }
    count++;
    return ids.idFor(type, content);
  }

  /** The pack of everything so far. */
  Bytes pack() {
    var pack = new ByteArrayOutputStream();
    byte[] head = {'P', 'A', 'C', 'K', 0, 0, 0, 2};
    pack.writeBytes(head);
    pack.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
    pack.writeBytes(objects.toByteArray());
    try {
      pack.writeBytes(MessageDigest.getInstance("SHA-1").digest(pack.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
    return Bytes.owning(pack.toByteArray());
  }
}
