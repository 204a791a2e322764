package ai.a5c.krate.git;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.FolderFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Reads what commits contain, within the bounds that the caller gives. */
final class Contents {
  private Contents() {}

  static FolderFiles files(ObjectReader reader, RevCommit commit, FolderFiles.Wanted wanted)
      throws IOException {
    ObjectId folder;
    try (TreeWalk found = TreeWalk.forPath(reader, wanted.path(), commit.getTree())) {
      if (found == null || !FileMode.TREE.equals(found.getRawMode(0))) {
        return FolderFiles.NONE;
      }
      folder = found.getObjectId(0);
    }
    List<FolderFiles.File> files = new ArrayList<>();
    try (var walk = new TreeWalk(reader)) {
      walk.addTree(folder);
      while (walk.next()) {
        if (!isFile(walk) || !isWanted(walk.getNameString(), wanted.suffixes())) {
          continue;
        }
        if (files.size() == wanted.mostFiles()) {
          return new FolderFiles(files, true);
        }
        ObjectLoader blob = reader.open(walk.getObjectId(0));
        boolean fits = blob.getSize() <= wanted.mostBytes();
        files.add(
            new FolderFiles.File(
                walk.getNameString(),
                blob.getSize(),
                fits ? Bytes.owning(blob.getBytes(wanted.mostBytes())) : null));
      }
    }
    return new FolderFiles(files, false);
  }

  static ChangedPaths changed(ObjectReader reader, RevCommit from, RevCommit to, int most)
      throws IOException {
    List<String> paths = new ArrayList<>();
    try (var changes = new Changes(reader, from.getTree(), to.getTree())) {
      while (changes.next()) {
        if (paths.size() == most) {
          return new ChangedPaths(paths, true);
        }
        paths.add(changes.path());
      }
      return new ChangedPaths(paths, changes.isCut());
    }
  }

  private static boolean isFile(TreeWalk walk) {
    return FileMode.REGULAR_FILE.equals(walk.getRawMode(0))
        || FileMode.EXECUTABLE_FILE.equals(walk.getRawMode(0));
  }

  private static boolean isWanted(String name, List<String> suffixes) {
    return suffixes.isEmpty() || suffixes.stream().anyMatch(name::endsWith);
  }
}
