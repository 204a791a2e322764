package ai.a5c.krate.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who makes a request, as the authenticator found out: never what the request says of itself.
 *
 * @param name the user name
 * @param uid the provider's own id of the user, empty if it has none
 * @param issuer who vouches for the user; empty for a front proxy, and where the server itself
 *     does: for a client certificate or a token of its own
 * @param groups in order
 * @param extra further attributes that policies may read
 */
public record Subject(
    String name, String uid, String issuer, List<String> groups, Map<String, List<String>> extra) {
  /** The group that Kubernetes lets do everything. */
  public static final String MASTERS = "system:masters";

  public static final String AUTHENTICATED = "system:authenticated";
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

  public boolean in(String group) {
    return groups.contains(group);
  }
}
