package ai.a5c.krate.spi.git;

import java.util.List;

/**
 * The paths of the files that differ between two commits; a renamed one has two.
 *
 * @param paths in the order of their bytes
 * @param more whether there may be more: than were asked for, or than the backend looks through
 */
public record ChangedPaths(List<String> paths, boolean more) {
  public ChangedPaths {
    paths = List.copyOf(paths);
  }
}
