package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.meta.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that stand right in a folder of a commit: neither folders, links nor submodules.
 *
 * @param files in the order of their names' bytes; none if there is no such folder
 * @param more whether there are more than were asked for
 */
public record FolderFiles(List<File> files, boolean more) {
  /** There is nothing. */
  public static final FolderFiles NONE = new FolderFiles(List.of(), false);

  public FolderFiles {
    files = List.copyOf(files);
  }

  /**
   * What is wanted of a folder.
   *
   * @param path without a slash at either end
   * @param suffixes of the names that are wanted, such as {@code .yaml}; empty for all
   * @param mostFiles how many files are read at most
   * @param mostBytes how large a file is whose content is read
   */
  public record Wanted(String path, List<String> suffixes, int mostFiles, int mostBytes) {
    public Wanted {
      suffixes = List.copyOf(suffixes);
    }
  }

  /**
   * A file.
   *
   * @param name within the folder
   * @param size in bytes
   * @param content null if it is larger than was asked for
   */
  public record File(String name, long size, @Nullable Bytes content) {}
}
