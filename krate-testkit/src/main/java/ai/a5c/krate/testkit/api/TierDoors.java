package ai.a5c.krate.testkit.api;

import ai.a5c.krate.api.ApiEndpoint;
import java.nio.file.Path;
import java.util.List;

/** How the people of {@link TrustTierSuite} reach the forge that it tests. */
public interface TierDoors {
  /** The people. */
  public enum Person {
    /** May do everything. */
    ADMIN("ada", "system:masters"),
    /** May maintain the repositories and use the pools. */
    MAINTAINER("mara", "tier-maintainers"),
    /** May push to the repositories and start pipelines, and use no pool. */
    DEVELOPER("dora", "tier-developers"),
    /** Has a fork of his own, and reads the rest. */
    FORKER("fred", "tier-strangers"),
    /** Reads. */
    VIEWER("vera", "tier-viewers");

    private final String user;
    private final String group;

    Person(String user, String group) {
      this.user = user;
      this.group = group;
    }

    /** The name by which the forge knows this person; the administrator may have another. */
    public String user() {
      return user;
    }

    /** The group that this person is in. */
    public String group() {
      return group;
    }
  }

  /** How a person reaches the API; asked once for each. */
  ApiEndpoint endpoint(Person person) throws Exception;

  /** The URL, with credentials, by which a person pushes to a repository. */
  String remote(Person person, String organization, String repository);

  /** What git needs before its command to reach those URLs, such as {@code -c http.x=y}. */
  List<String> gitOptions();

  /** Whether steps are isolated; a fake that runs them as they are says false. */
  boolean isolates();

  /** An empty folder. */
  Path folder();
}
