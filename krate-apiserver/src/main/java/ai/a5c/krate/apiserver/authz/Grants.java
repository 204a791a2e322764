package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.meta.GroupResource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Krate's own controllers may do: each declares it, and no more is allowed. A controller's
 * name begins with {@code system:krate:}, which no authenticator gives to anybody else.
 */
public final class Grants implements Authorizer {
  /** The prefix of the controllers' names. */
  public static final String PREFIX = "system:krate:";

  private final Map<String, List<Rule>> rules;

  /**
   * What a controller may do with one collection.
   *
   * @param subresource empty for the object itself
   */
  public record Rule(Set<String> verbs, GroupResource resource, String subresource) {
    public Rule {
      verbs = Set.copyOf(verbs);
    }

    public static Rule of(GroupResource resource, String... verbs) {
      return new Rule(Set.of(verbs), resource, "");
    }

    /**
     * The verbs on all objects of a kind that belong to others.
     *
     * @param owners the collection of what they belong to
     * @param plural of the kind
     */
    public static Rule within(GroupResource owners, String plural, String... verbs) {
      return new Rule(Set.of(verbs), owners, plural);
    }

    public static Rule ofStatus(GroupResource resource) {
      return new Rule(Set.of("update", "patch"), resource, "status");
    }

    boolean covers(Attributes attributes) {
      return verbs.contains(attributes.verb())
          && resource.equals(attributes.resource())
          && subresource.equals(attributes.subresource());
    }
  }

  /**
   * Grants by the name of the controller's subject.
   *
   * @throws IllegalArgumentException if a name does not begin with the prefix
   */
  public Grants(Map<String, List<Rule>> rules) {
    for (String name : rules.keySet()) {
      if (!name.startsWith(PREFIX)) {
        throw new IllegalArgumentException("not the name of a controller: " + name);
      }
    }
    this.rules = Collections.unmodifiableMap(new TreeMap<>(rules));
  }

  @Override
  public Decision decide(Attributes attributes) {
    for (Rule rule : rules.getOrDefault(attributes.subject().name(), List.of())) {
      if (rule.covers(attributes)) {
        return new Decision.Allow("granted to the controller");
      }
    }
    return new Decision.NoOpinion();
  }
}
