package ai.a5c.krate.git;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** Reads new objects from where they were written, and all others from the repository. */
final class JoinedReader extends ObjectReader {
  private final ObjectReader fresh;
  private final ObjectReader settled;
  private final Predicate<AnyObjectId> isFresh;

  JoinedReader(ObjectReader fresh, ObjectReader settled, Predicate<AnyObjectId> isFresh) {
    this.fresh = fresh;
    this.settled = settled;
    this.isFresh = isFresh;
  }

  private ObjectReader of(AnyObjectId id) {
    return isFresh.test(id) ? fresh : settled;
  }

  @Override
  public ObjectReader newReader() {
    return new JoinedReader(fresh.newReader(), settled.newReader(), isFresh);
  }

  @Override
  public Collection<ObjectId> resolve(AbbreviatedObjectId id) throws IOException {
    Set<ObjectId> all = new LinkedHashSet<>(settled.resolve(id));
    all.addAll(fresh.resolve(id));
    return all;
  }

  @Override
  public boolean has(AnyObjectId id) throws IOException {
    return of(id).has(id);
  }

  @Override
  public ObjectLoader open(AnyObjectId id, int typeHint) throws IOException {
    return of(id).open(id, typeHint);
  }

  @Override
  public long getObjectSize(AnyObjectId id, int typeHint) throws IOException {
    return of(id).getObjectSize(id, typeHint);
  }

  @Override
  public Set<ObjectId> getShallowCommits() {
    return Set.of();
  }

  @Override
  public void close() {
    try {
      fresh.close();
    } finally {
      settled.close();
    }
  }
}
