package ai.a5c.krate.cli;

import ai.a5c.krate.spi.token.IssuedToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What git asks a credential helper for, line by line (gitcredentials, git-credential).
 *
 * @param protocol such as {@code https}
 * @param host with its port, if it is not the protocol's own
 */
record GitCredential(String protocol, String host) {
  private static final int LONGEST = 64 * 1024;
  private static final int HTTPS = 443;
  private static final List<String> HERE = List.of("localhost", "127.0.0.1", "[::1]");

  /** Reads a question to its end. */
  static GitCredential read(InputStream in) throws IOException {
    byte[] question = in.readNBytes(LONGEST + 1);
    if (question.length > LONGEST) {
      throw new IOException("it is longer than " + LONGEST + " bytes");
    }
    Map<String, String> attributes = new TreeMap<>();
    for (String line : new String(question, StandardCharsets.UTF_8).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        attributes.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new GitCredential(
        attributes.getOrDefault("protocol", ""), attributes.getOrDefault("host", ""));
  }

  /** Whether it is that server which wants a password; the names of this machine are one. */
  boolean isFor(URI server) {
    if (!protocol.equals("https")) {
      return false;
    }
    URI asked;
    try {
      asked = URI.create("https://" + host);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return asked.getHost() != null
        && asked.getUserInfo() == null
        && port(asked) == port(server)
        && (asked.getHost().equalsIgnoreCase(server.getHost())
            || (HERE.contains(asked.getHost()) && HERE.contains(server.getHost())));
  }

  private static int port(URI url) {
    return url.getPort() < 0 ? HTTPS : url.getPort();
  }

  /** What git is told. */
  static String answer(String user, IssuedToken issued) {
    return "username="
        + user
        + "\npassword="
        + issued.token().revealText()
        + "\npassword_expiry_utc="
        + issued.expires().getEpochSecond()
        + "\n";
  }
}
