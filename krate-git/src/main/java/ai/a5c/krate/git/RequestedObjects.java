package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.WantNotValidException;
import org.jspecify.annotations.Nullable;

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
  public void checkWants(UploadPack up, List<org.eclipse.jgit.lib.ObjectId> wants)
      throws IOException {
    Set<org.eclipse.jgit.lib.ObjectId> left = new HashSet<>(wants);
    var tips = tips().iterator();
    while (!left.isEmpty() && tips.hasNext()) {
      left.remove(tips.next());
    }
    if (left.isEmpty()) {
      return;
    }
    try (ObjectReader reader = up.getRepository().newObjectReader();
        var walk = new ObjectWalk(reader)) {
      walk.setRetainBody(false);
      requireReachable(reader, walk, parse(walk, left));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<RevObject> parse(RevWalk walk, Set<org.eclipse.jgit.lib.ObjectId> ids)
      throws IOException {
    var objects = new ArrayList<RevObject>();
    for (org.eclipse.jgit.lib.ObjectId id : ids) {
      try {
        objects.add(walk.parseAny(id));
      } catch (MissingObjectException e) {
        throw new WantNotValidException(id, e);
      }
    }
    return objects;
  }

  private void requireReachable(ObjectReader reader, ObjectWalk walk, List<RevObject> wanted)
      throws IOException {
    List<RevCommit> commits =
        wanted.stream().filter(RevCommit.class::isInstance).map(RevCommit.class::cast).toList();
    Optional<? extends RevObject> unreachable;
    if (commits.size() == wanted.size()) {
      Stream<RevCommit> starts =
          tips()
              .map(id -> peeled(walk, id))
              .filter(RevCommit.class::isInstance)
              .map(RevCommit.class::cast);
      unreachable = reader.createReachabilityChecker(walk).areAllReachable(commits, starts);
    } else {
      Stream<RevObject> starts = tips().map(id -> parsed(walk, id)).filter(Objects::nonNull);
      unreachable = reader.createObjectReachabilityChecker(walk).areAllReachable(wanted, starts);
    }
    if (unreachable.isPresent()) {
      throw new WantNotValidException(unreachable.get());
    }
  }

  private static @Nullable RevObject peeled(RevWalk walk, org.eclipse.jgit.lib.ObjectId id) {
    try {
      return walk.peel(walk.parseAny(id));
    } catch (MissingObjectException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable RevObject parsed(RevWalk walk, org.eclipse.jgit.lib.ObjectId id) {
    try {
      return walk.parseAny(id);
    } catch (MissingObjectException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where refs point: branches, tags, pull requests, then whatever else there is; read as far as it
   * is used.
   */
  private Stream<org.eclipse.jgit.lib.ObjectId> tips() {
    Stream<Map.Entry<RefName, ObjectId>> known = ORDER.stream().flatMap(this::under);
    Stream<Map.Entry<RefName, ObjectId>> others =
        under("refs/").filter(ref -> ORDER.stream().noneMatch(ref.getKey().value()::startsWith));
    return Stream.concat(known, others)
        .map(ref -> org.eclipse.jgit.lib.ObjectId.fromString(ref.getValue().hex()));
  }

  private Stream<Map.Entry<RefName, ObjectId>> under(String prefix) {
    return StreamSupport.stream(rows.each(prefix).spliterator(), false);
  }
}
