package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.rbac.PolicyRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one role, laid out so that a question is a few look-ups however many rules there
 * are. Immutable.
 */
final class RoleTable {
  /** A rule of more combinations than this is compared as it stands. */
  private static final long LARGEST_RULE = 2_048;

  /** So many combinations of all rules are laid out; the rest is compared as it stands. */
  private static final long MOST_CELLS = 65_536;

  /** A role that speaks of more objects is not found by their names, but asked every time. */
  private static final int MOST_NAMES = 8;

  private static final String ALL = "*";

  private final List<PolicyRule> rules;
  private final Map<String, Map<String, Cell>> cells = new HashMap<>();
  private final List<Wide> wide = new ArrayList<>();
  private final List<PolicyRule> paths = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private long laid;
  private boolean open;

  /** The verbs on one resource of one group: on all its objects, and on single ones. */
  private static final class Cell {
    private final Set<String> verbs = new HashSet<>();
    private final Map<String, Set<String>> named = new HashMap<>();

    boolean allows(Question question) {
      if (has(verbs, question.verb())) {
        return true;
      }
      String name = question.name();
      Set<String> ofName = name == null ? null : named.get(name);
      return ofName != null && has(ofName, question.verb());
    }
  }

  /** A rule that is too large to be laid out. */
  private record Wide(
      Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> names) {
    boolean allows(Question question) {
      return has(verbs, question.verb())
          && has(groups, question.group())
          && (has(resources, question.resource()) || resources.contains(question.anyResource()))
          && (names.isEmpty() || contains(names, question.name()));
    }

    private static boolean contains(Set<String> names, @Nullable String name) {
      return name != null && names.contains(name);
    }
  }

  RoleTable(List<PolicyRule> rules) {
    this.rules = List.copyOf(rules);
    for (PolicyRule rule : rules) {
      if (!rule.nonResourceURLs().isEmpty()) {
        paths.add(rule);
        open = true;
      }
      if (!rule.resources().isEmpty()) {
        lay(rule);
      }
    }
    open = open || names.size() > MOST_NAMES;
  }

  List<PolicyRule> rules() {
    return rules;
  }

  /** Whether some rule is not limited to few names. */
  boolean open() {
    return open;
  }

  /** The names that rules are limited to. */
  Set<String> names() {
    return names;
  }

  boolean allows(Question question) {
    if (inGroup(cells.get(question.group()), question) || inGroup(cells.get(ALL), question)) {
      return true;
    }
    for (Wide rule : wide) {
      if (rule.allows(question)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the verb may be used on a path; a path may itself end in a wildcard. */
  boolean allowsPath(String verb, String path) {
    for (PolicyRule rule : paths) {
      if (rule.verbs().contains(ALL) || rule.verbs().contains(verb)) {
        for (String pattern : rule.nonResourceURLs()) {
          if (matches(pattern, path)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean matches(String pattern, String path) {
    if (!pattern.endsWith(ALL)) {
      return pattern.equals(path);
    }
    int end = pattern.length();
    while (end > 0 && pattern.charAt(end - 1) == '*') {
      end--;
    }
    return path.startsWith(pattern.substring(0, end));
  }

  private static boolean inGroup(@Nullable Map<String, Cell> group, Question question) {
    return group != null
        && (allows(group.get(question.resource()), question)
            || allows(group.get(ALL), question)
            || (!question.anyResource().isEmpty()
                && allows(group.get(question.anyResource()), question)));
  }

  private static boolean allows(@Nullable Cell cell, Question question) {
    return cell != null && cell.allows(question);
  }

  private static boolean has(Set<String> values, String value) {
    return values.contains(value) || values.contains(ALL);
  }

  private void lay(PolicyRule rule) {
    names.addAll(rule.resourceNames());
    open = open || rule.resourceNames().isEmpty();
    long size =
        (long) rule.apiGroups().size()
            * rule.resources().size()
            * Math.max(1, rule.resourceNames().size())
            * Math.max(1, rule.verbs().size());
    if (size > LARGEST_RULE || laid + size > MOST_CELLS) {
      wide.add(
          new Wide(
              Set.copyOf(rule.verbs()),
              Set.copyOf(rule.apiGroups()),
              Set.copyOf(rule.resources()),
              Set.copyOf(rule.resourceNames())));
      return;
    }
    laid += size;
    for (String group : rule.apiGroups()) {
      Map<String, Cell> ofGroup = cells.computeIfAbsent(group, g -> new HashMap<>());
      for (String resource : rule.resources()) {
        Cell cell = ofGroup.computeIfAbsent(resource, r -> new Cell());
        if (rule.resourceNames().isEmpty()) {
          cell.verbs.addAll(rule.verbs());
        }
        for (String name : rule.resourceNames()) {
          cell.named.computeIfAbsent(name, n -> new HashSet<>()).addAll(rule.verbs());
        }
      }
    }
  }
}
