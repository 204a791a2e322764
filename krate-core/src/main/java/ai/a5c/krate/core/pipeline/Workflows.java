package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.FolderFiles;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the workflow files of commits. May be used from many threads at once. */
final class Workflows {
  /** Where they are. */
  static final String FOLDER = ".krate/workflows";

  /** How many files of one commit are read. */
  static final int MOST = 64;

  private static final int LONGEST_NAME = 255;
  private static final FolderFiles.Wanted WANTED =
      new FolderFiles.Wanted(FOLDER, List.of(".yaml", ".yml"), MOST, WorkflowFile.LARGEST);

  private final GitBackend git;

  Workflows(GitBackend git) {
    this.git = git;
  }

  /** All files of a commit, by path; empty if the repository lacks it. */
  Optional<List<WorkflowFile>> at(Uid repository, ObjectId commit) {
    return git.files(repository, commit, WANTED).map(Workflows::read);
  }

  /** The file of a path. */
  Optional<WorkflowFile> find(Uid repository, ObjectId commit, String path) {
    return at(repository, commit).orElse(List.of()).stream()
        .filter(file -> file.path().equals(path))
        .findFirst();
  }

  private static List<WorkflowFile> read(FolderFiles folder) {
    if (folder.more()) {
      return List.of(
          new WorkflowFile.Broken(
              FOLDER, "", FOLDER, "there are more than " + MOST + " workflow files"));
    }
    List<WorkflowFile> files = new ArrayList<>();
    Map<String, List<String>> paths = new TreeMap<>();
    for (FolderFiles.File found : folder.files()) {
      if (found.name().length() > LONGEST_NAME) {
        continue;
      }
      String path = FOLDER + "/" + found.name();
      var content = found.content();
      WorkflowFile file =
          content == null
              ? WorkflowFile.tooLarge(path, found.size())
              : WorkflowFile.read(path, content);
      files.add(file);
      paths.computeIfAbsent(file.name(), name -> new ArrayList<>()).add(path);
    }
    return files.stream().map(file -> alone(file, paths)).toList();
  }

  /** Of two files with one name neither runs: nobody could tell their checks apart. */
  private static WorkflowFile alone(WorkflowFile file, Map<String, List<String>> paths) {
    List<String> same = paths.getOrDefault(file.name(), List.of());
    return same.size() <= 1
        ? file
        : new WorkflowFile.Broken(
            file.path(),
            file.digest(),
            file.name(),
            "metadata.name: "
                + String.join(" and ", same.subList(0, 2))
                + " have the same name, \""
                + file.name()
                + "\"");
  }
}
