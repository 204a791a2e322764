package ai.a5c.krate.git;

import java.io.IOException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.StoredConfig;

/**
 * The configuration that all repositories of this backend share. It is not read from any folder.
 */
final class FixedConfig extends StoredConfig {
  private static final String SHARED =
      """
      [core]
        repositoryformatversion = 1
        bare = true
      [extensions]
        preciousobjects = true
      [gc]
        auto = 0
      [receive]
        autogc = false
      [uploadpack]
        allowfilter = true
        allowreachablesha1inwant = true
      [protocol]
        version = 2
      """;

  FixedConfig() {
    try {
      fromText(SHARED);
    } catch (ConfigInvalidException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a repository's own folder says, for the eyes of native Git. */
  static String ofFolder() {
    return """
    [core]
    \trepositoryformatversion = 1
    \tbare = true
    [extensions]
    \tpreciousObjects = true
    [gc]
    \tauto = 0
    [receive]
    \tautogc = false
    """;
  }

  @Override
  public void load() {}

  @Override
  public void save() throws IOException {
    throw new IOException("the configuration is fixed");
  }
}
