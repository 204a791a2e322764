package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The wish to act as somebody else, by Kubernetes' headers {@code Impersonate-User}, {@code
 * -Group}, {@code -Uid} and {@code -Extra-KEY}, which {@code kubectl --as} sends. Each part of it
 * needs the right to {@code impersonate} that user, group and so on.
 *
 * @param user whom to act as
 * @param groups as they were asked for
 * @param uid empty if none was asked for
 * @param extra by keys in lower case
 */
public record Impersonation(
    String user, List<String> groups, String uid, Map<String, List<String>> extra) {
  private static final String USER = "Impersonate-User";
  private static final String GROUP = "Impersonate-Group";
  private static final String UID = "Impersonate-Uid";
  private static final String EXTRA = "impersonate-extra-";

  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String SERVICE_ACCOUNTS = "system:serviceaccounts";
  private static final String UNAUTHENTICATED = "system:unauthenticated";

  /** Each part is a question to the authorizer. */
  private static final int MOST_PARTS = 64;

  private static final GroupResource USERS = new GroupResource("", "users");
  private static final GroupResource GROUPS = new GroupResource("", "groups");
  private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");
  private static final GroupResource UIDS = new GroupResource("authentication.k8s.io", "uids");
  private static final GroupResource EXTRAS =
      new GroupResource("authentication.k8s.io", "userextras");

  public Impersonation {
    groups = List.copyOf(groups);
    extra = Collections.unmodifiableMap(new TreeMap<>(extra));
  }

  /**
   * What the headers ask for, if they ask for anything.
   *
   * @throws ApiException with {@link Problem.BadRequest} if they ask for parts of nobody, or for
   *     more than is decided
   */
  public static Optional<Impersonation> of(Headers headers) {
    String user = headers.first(USER).orElse("");
    List<String> groups = headers.all(GROUP);
    String uid = headers.first(UID).orElse("");
    Map<String, List<String>> extra = extra(headers);
    int parts = groups.size() + extra.values().stream().mapToInt(List::size).sum();
    if (user.isEmpty()) {
      if (parts > 0 || !uid.isEmpty()) {
        throw refused("groups, uid or extras are impersonated only together with a user");
      }
      return Optional.empty();
    }
    if (headers.all(USER).size() > 1 || headers.all(UID).size() > 1) {
      throw refused("one user is impersonated at a time");
    }
    if (parts > MOST_PARTS) {
      throw refused("more than " + MOST_PARTS + " groups and extras cannot be impersonated");
    }
    return Optional.of(new Impersonation(user, groups, uid, extra));
  }

  private static Map<String, List<String>> extra(Headers headers) {
    Map<String, List<String>> extra = new TreeMap<>();
    headers
        .asMap()
        .forEach(
            (name, values) -> {
              if (name.startsWith(EXTRA)) {
                extra.put(key(name.substring(EXTRA.length())), values);
              }
            });
    return extra;
  }

  /** Header names cannot hold every character, so keys come percent-encoded. */
  private static String key(String encoded) {
    try {
      return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8)
          .toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return encoded;
    }
  }

  /** Every right that it needs. */
  public List<Attributes> rights(Subject real) {
    List<Attributes> rights = new ArrayList<>();
    rights.add(ofUser(real, user));
    groups.forEach(group -> rights.add(ofGroup(real, group)));
    extra.forEach(
        (key, values) -> values.forEach(v -> rights.add(asking(real, EXTRAS, key, "", v))));
    if (!uid.isEmpty()) {
      rights.add(asking(real, UIDS, "", "", uid));
    }
    return rights;
  }

  /** The right to act as a user, who may be a service account. */
  public static Attributes ofUser(Subject real, String user) {
    String[] account = account(user);
    return account.length == 2
        ? asking(real, ACCOUNTS, "", account[0], account[1])
        : asking(real, USERS, "", "", user);
  }

  /** The right to act as a member of a group. */
  public static Attributes ofGroup(Subject real, String group) {
    return asking(real, GROUPS, "", "", group);
  }

  private static Attributes asking(
      Subject real, GroupResource resource, String subresource, String namespace, String name) {
    return new Attributes(real, "impersonate", resource, subresource, namespace, name);
  }

  /** Namespace and name, if the user is a service account. */
  private static String[] account(String user) {
    String[] parts =
        user.startsWith(SERVICE_ACCOUNT)
            ? user.substring(SERVICE_ACCOUNT.length()).split(":", -1)
            : new String[0];
    boolean whole = parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty();
    return whole ? parts : new String[0];
  }

  /** Whether it asks for one of the names that only subjects inside this process have. */
  public boolean isReserved() {
    return user.startsWith(Grants.PREFIX);
  }

  /** Who acts then. */
  public Subject subject() {
    List<String> all = new ArrayList<>(groups);
    String[] account = account(user);
    if (account.length == 2 && groups.isEmpty()) {
      all.add(SERVICE_ACCOUNTS);
      all.add(SERVICE_ACCOUNTS + ":" + account[0]);
    }
    boolean anonymous = user.equals(Subject.ANONYMOUS.name());
    boolean known = all.contains(Subject.AUTHENTICATED) && !anonymous;
    if (!known && !all.contains(UNAUTHENTICATED)) {
      all.add(anonymous ? UNAUTHENTICATED : Subject.AUTHENTICATED);
    }
    return new Subject(user, uid, "", all, extra);
  }

  /** The flags with which kubectl asks for the same, each value one word of a POSIX shell. */
  public String flags() {
    var flags = new StringBuilder("--as=").append(quoted(user));
    groups.forEach(group -> flags.append(" --as-group=").append(quoted(group)));
    if (!uid.isEmpty()) {
      flags.append(" --as-uid=").append(quoted(uid));
    }
    return flags.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static ApiException refused(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }
}
