package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;
import java.util.Set;

/**
 * One BranchProtection, ready to be asked.
 *
 * @param name of the object
 * @param pushers who may push directly
 * @param bypassers who is not bound
 */
record ProtectionRule(
    String name,
    BranchProtection.Spec spec,
    Set<String> repositories,
    List<BranchPattern> branches,
    Roster pushers,
    Roster bypassers) {
  private static final String ALL = "*";

  static ProtectionRule of(ApiObject object) {
    BranchProtection.Spec spec = RecordCodec.read(BranchProtection.class, object.json()).spec();
    return new ProtectionRule(
        object.name(),
        spec,
        Set.copyOf(spec.repositories()),
        spec.branches().stream().map(pattern -> parsed(object, pattern)).toList(),
        new Roster(object.namespace(), spec.pushers()),
        new Roster(object.namespace(), spec.bypassers()));
  }

  /** A pattern that is not understood protects nothing: then nobody may believe that it does. */
  private static BranchPattern parsed(ApiObject object, String pattern) {
    return BranchPattern.parse(pattern)
        .orElseThrow(
            () -> new IllegalStateException(object + " has a pattern that is none: " + pattern));
  }

  boolean isAbout(String repository) {
    return repositories.contains(repository) || repositories.contains(ALL);
  }

  /** Whether a branch of that name is meant, in the repositories that are. */
  boolean isAboutBranch(String branch) {
    return branches.stream().anyMatch(pattern -> pattern.matches(branch));
  }

  /** Whether only those on a list, which may be empty, push directly. */
  boolean restrictsPushes() {
    return spec.requirePullRequest() || !pushers.isEmpty();
  }
}
