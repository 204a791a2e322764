package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.WantNotValidException;

/**
 * Serves what refs reach, and nothing else that may lie in the folder: neither what a push left
 * behind whose refs did not move, nor what only deleted refs reached.
 *
 * <p>Most requests want tips of branches, so refs are compared first, branches ahead of others, and
 * read only until all wants are found.
 */
final class RequestedObjects implements UploadPack.RequestValidator {
  private static final List<String> ORDER = List.of(RefName.HEADS, RefName.TAGS, RefName.PULL);

  private final StoredRefs rows;

  RequestedObjects(StoredRefs rows) {
    this.rows = rows;
  }

  @Override
  public void checkWants(UploadPack up, List<ObjectId> wants) throws IOException {
    Set<ObjectId> left = new HashSet<>(wants);
    Iterator<ObjectId> tips = tips().iterator();
    while (!left.isEmpty() && tips.hasNext()) {
      left.remove(tips.next());
    }
    if (left.isEmpty()) {
      return;
    }
    try (ObjectReader reader = up.getRepository().newObjectReader()) {
      left = new Reachability(reader).unreached(left, tips());
    }
    if (!left.isEmpty()) {
      throw new WantNotValidException(left.iterator().next());
    }
  }

  /**
   * Where refs point: branches, tags, pull requests, then whatever else there is; read as far as it
   * is used.
   */
  private Stream<ObjectId> tips() {
    Stream<ObjectId> known = ORDER.stream().flatMap(prefix -> under(prefix, List.of()));
    return Stream.concat(known, under("refs/", ORDER));
  }

  private Stream<ObjectId> under(String prefix, List<String> without) {
    return StreamSupport.stream(rows.each(prefix).spliterator(), false)
        .filter(ref -> without.stream().noneMatch(ref.getKey().value()::startsWith))
        .map(ref -> ObjectId.fromString(ref.getValue().hex()));
  }
}
