package ai.a5c.krate.git;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where repositories lie under the root: {@code repositories/ab/cd/UID.git}, fanned out by the last
 * digits of the uid, which are random in every kind of UUID.
 *
 * <p>A repository appears and disappears whole, by renaming from and to the {@link Workplace}. Its
 * folder is bare, has a {@code config} that warns native Git off, and neither refs nor {@code
 * HEAD}, so that native Git does not take it for a repository at all.
 */
final class RepositoryFolders {
  private final Path repositories;
  private final Workplace workplace;

  RepositoryFolders(Path repositories, Workplace workplace) {
    this.repositories = repositories;
    this.workplace = workplace;
  }

  Path folder(Uid repository) {
    return fanOut(repository).resolve(repository + ".git");
  }

  private Path fanOut(Uid repository) {
    String name = repository.toString();
    int length = name.length();
    return repositories
        .resolve(name.substring(length - 2))
        .resolve(name.substring(length - 4, length - 2));
  }

  Path objects(Uid repository) {
    return folder(repository).resolve("objects");
  }

  boolean exists(Uid repository) {
    return Files.isDirectory(objects(repository));
  }

  /** Throws unless the repository exists. */
  void require(Uid repository) {
    if (!exists(repository)) {
      throw new UnknownRepositoryException("there is no repository " + repository);
    }
  }

  void create(Uid repository) throws IOException {
    if (exists(repository)) {
      return;
    }
    Path made = workplace.fresh("create");
    Files.createDirectories(made.resolve("objects").resolve("pack"));
    Files.createDirectories(made.resolve("objects").resolve("info"));
    DurableFiles.write(made.resolve("config"), FixedConfig.ofFolder());
    DurableFiles.force(made.resolve("objects"));
    DurableFiles.force(made);
    Path folder = folder(repository);
    Path parent = fanOut(repository);
    DurableFiles.createFolders(parent);
    try {
      Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      DurableFiles.deleteTree(made);
    } catch (IOException e) {
      DurableFiles.deleteTree(made);
      if (!exists(repository)) {
        throw e;
      }
    }
    DurableFiles.force(parent);
  }

  void delete(Uid repository) throws IOException {
    Path folder = folder(repository);
    Path gone = workplace.fresh("deleted");
    try {
      Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    DurableFiles.force(fanOut(repository));
    DurableFiles.deleteTree(gone);
  }
}
