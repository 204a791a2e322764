package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Writes a plain bare repository that native Git can read.
 *
 * <p>Refs are read first and objects after them, so that every ref's objects are there whatever is
 * pushed meanwhile. Objects are linked where the file system can, and copied where it cannot; they
 * never change in place.
 */
final class Exporter {
  private static final String CONFIG =
      """
      [core]
      \trepositoryformatversion = 0
      \tfilemode = true
      \tbare = true
      """;

  private final Path objects;
  private final ObjectReader reader;

  Exporter(Path objects, ObjectReader reader) {
    this.objects = objects;
    this.reader = reader;
  }

  void export(StoredRefs rows, RefName head, Path folder) throws IOException {
    if (Files.exists(folder)) {
      throw new FileAlreadyExistsException(folder.toString());
    }
    Files.createDirectories(folder.resolve("refs").resolve("heads"));
    Files.createDirectories(folder.resolve("refs").resolve("tags"));
    Files.writeString(folder.resolve("HEAD"), "ref: " + head.value() + "\n");
    Files.writeString(folder.resolve("config"), CONFIG);
    writeRefs(rows, folder.resolve("packed-refs"));
    linkObjects(folder.resolve("objects"));
  }

  private void writeRefs(StoredRefs rows, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file);
        var walk = new RevWalk(reader)) {
      out.write("# pack-refs with: peeled fully-peeled sorted \n");
      for (Map.Entry<RefName, ObjectId> ref : rows.each("refs/")) {
        out.write(ref.getValue().hex() + " " + ref.getKey().value() + "\n");
        if (!ref.getKey().isBranch() && !ref.getKey().value().startsWith(RefName.PULL)) {
          writePeeled(walk, ref.getValue(), out);
        }
      }
    }
  }

  private static void writePeeled(RevWalk walk, ObjectId id, BufferedWriter out)
      throws IOException {
    try {
      RevObject target = walk.parseAny(org.eclipse.jgit.lib.ObjectId.fromString(id.hex()));
      if (target instanceof RevTag) {
        out.write("^" + walk.peel(target).name() + "\n");
      }
    } catch (MissingObjectException e) {
      throw new IOException("a ref points to an object that is missing: " + id, e);
    }
  }

  private void linkObjects(Path target) throws IOException {
    Files.createDirectories(target.resolve("info"));
    Files.createDirectories(target.resolve("pack"));
    for (Path index : DurableFiles.list(objects.resolve("pack"), "pack-*.idx")) {
      String name = index.getFileName().toString();
      Path pack = index.resolveSibling(name.substring(0, name.length() - 4) + ".pack");
      for (Path file : List.of(pack, index)) {
        linkIfThere(file, target.resolve("pack").resolve(file.getFileName()));
      }
    }
    for (Path fanOut : DurableFiles.list(objects, "[0-9a-f][0-9a-f]")) {
      Path to = target.resolve(fanOut.getFileName());
      Files.createDirectories(to);
      for (Path loose : DurableFiles.list(fanOut, "[0-9a-f]*")) {
        linkIfThere(loose, to.resolve(loose.getFileName()));
      }
    }
  }

  /** A pack of a push that was refused meanwhile may be gone; no ref needs it. */
  private static void linkIfThere(Path file, Path to) throws IOException {
    try {
      Files.createLink(to, file);
    } catch (NoSuchFileException e) {
      return;
    } catch (UnsupportedOperationException | IOException e) {
      copyIfThere(file, to);
    }
  }

  private static void copyIfThere(Path file, Path to) throws IOException {
    try {
      Files.copy(file, to);
    } catch (NoSuchFileException e) {
      return;
    }
  }
}
