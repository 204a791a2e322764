package ai.a5c.krate.git;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PackParser;
import org.jspecify.annotations.Nullable;

/** New objects in memory, up to a bound, over those of a repository. Used by one thread. */
final class DraftObjects extends ObjectInserter {
  private final ObjectReader repository;
  private final long bound;
  private final Map<ObjectId, ObjectLoader> drafts = new HashMap<>();
  private long held;

  /** Takes the reader over, and closes it in the end. */
  DraftObjects(ObjectReader repository, long bound) {
    this.repository = repository;
    this.bound = bound;
  }

  /** The bound was reached. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long bound) {
      super("new objects of more than " + bound + " bytes");
    }
  }

  @Nullable ObjectLoader draft(AnyObjectId id) {
    return drafts.get(id.toObjectId());
  }

  @Override
  public ObjectId insert(int type, byte[] data, int offset, int length) throws IOException {
    ObjectId id = idFor(type, data, offset, length);
    if (drafts.containsKey(id) || repository.has(id)) {
      return id;
    }
    reserve(length);
    byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
    drafts.put(id, new ObjectLoader.SmallObject(type, copy));
    return id;
  }

  @Override
  public ObjectId insert(int type, long length, InputStream in) throws IOException {
    if (length > bound - held) {
      throw new TooLargeException(bound);
    }
    byte[] data = in.readNBytes(Math.toIntExact(length));
    if (data.length < length) {
      throw new EOFException("an object is shorter than announced");
    }
    return insert(type, data, 0, data.length);
  }

  private void reserve(long bytes) throws IOException {
    held += bytes;
    if (held > bound) {
      throw new TooLargeException(bound);
    }
  }

  @Override
  public PackParser newPackParser(InputStream in) {
    throw new UnsupportedOperationException("drafts are inserted one by one");
  }

  @Override
  public ObjectReader newReader() {
    return new Reader(repository.newReader());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    repository.close();
  }

  private final class Reader extends ObjectReader {
    private final ObjectReader settled;

    Reader(ObjectReader settled) {
      this.settled = settled;
    }

    @Override
    public ObjectReader newReader() {
      return new Reader(settled.newReader());
    }

    @Override
    public Collection<ObjectId> resolve(AbbreviatedObjectId id) {
      return List.of();
    }

    @Override
    public boolean has(AnyObjectId id) throws IOException {
      return draft(id) != null || settled.has(id);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int typeHint)
        throws MissingObjectException, IncorrectObjectTypeException, IOException {
      ObjectLoader draft = draft(id);
      if (draft == null) {
        return settled.open(id, typeHint);
      }
      if (typeHint != OBJ_ANY && typeHint != draft.getType()) {
        throw new IncorrectObjectTypeException(id.copy(), typeHint);
      }
      return draft;
    }

    @Override
    public Set<ObjectId> getShallowCommits() {
      return Set.of();
    }

    @Override
    public ObjectInserter getCreatedFromInserter() {
      return DraftObjects.this;
    }

    @Override
    public void close() {
      settled.close();
    }
  }
}
