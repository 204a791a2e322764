package ai.a5c.krate.api;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who makes a request, as the authenticator found out: never what the request says of itself.
 *
 * @param name the user name
 * @param uid the provider's own id of the user, empty if it has none
 * @param issuer who vouches for the user; empty for a front proxy, and where the server itself does:
 *     for a client certificate or a token of its own
 * @param groups in order
 * @param extra further attributes that policies may read
 */
public record Subject(
    String name, String uid, String issuer, List<String> groups, Map<String, List<String>> extra) {
  /** The group that Kubernetes lets do everything. */
  public static final String MASTERS = "system:masters";

  public static final String AUTHENTICATED = "system:authenticated";

  /**
   * The further attribute that says when the credential ends by which the subject was recognized,
   * as RFC 3339 writes times. What goes on for longer than a request, such as a watch, ends then.
   */
  public static final String EXPIRES = "authentication.krate.a5c.ai/expires";

  public static final Subject ANONYMOUS =
      new Subject("system:anonymous", "", "", List.of("system:unauthenticated"), Map.of());

  public Subject {
    groups = List.copyOf(groups);
    extra = Collections.unmodifiableMap(new TreeMap<>(extra));
  }

  /** A subject with groups and nothing else; {@code system:authenticated} is added. */
  public static Subject of(String name, String... groups) {
    var all = new ArrayList<>(List.of(groups));
    if (!all.contains(AUTHENTICATED)) {
      all.add(AUTHENTICATED);
    }
    return new Subject(name, "", "", all, Map.of());
  }

  /** The same subject, recognized by a credential that ends at the time. */
  public Subject until(Instant time) {
    var more = new TreeMap<>(extra);
    more.put(EXPIRES, List.of(time.toString()));
    return new Subject(name, uid, issuer, groups, more);
  }

  /** When the credential ends, if it is known to; what cannot be read has ended. */
  public Optional<Instant> expires() {
    List<String> times = extra.getOrDefault(EXPIRES, List.of());
    if (times.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(times.getFirst()));
    } catch (DateTimeParseException e) {
      return Optional.of(Instant.EPOCH);
    }
  }

  public boolean in(String group) {
    return groups.contains(group);
  }
}
