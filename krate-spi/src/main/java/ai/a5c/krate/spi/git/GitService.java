package ai.a5c.krate.spi.git;

import java.util.Optional;

/** The two services of Git's smart protocol. */
public enum GitService {
  UPLOAD_PACK("git-upload-pack"),
  RECEIVE_PACK("git-receive-pack");

  private final String wireName;

  GitService(String wireName) {
    this.wireName = wireName;
  }

  /** The name that the protocol and its URLs use. */
  public String wireName() {
    return wireName;
  }

  /** The service that a client names. */
  public static Optional<GitService> parse(String wireName) {
    for (GitService service : values()) {
      if (service.wireName.equals(wireName)) {
        return Optional.of(service);
      }
    }
    return Optional.empty();
  }
}
