package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;
import java.util.Optional;
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
        spec.branches().stream().map(BranchPattern::parse).flatMap(Optional::stream).toList(),
        new Roster(object.namespace(), spec.pushers()),
        new Roster(object.namespace(), spec.bypassers()));
  }

  boolean matches(String repository, String branch) {
    return (repositories.contains(repository) || repositories.contains(ALL))
        && branches.stream().anyMatch(pattern -> pattern.matches(branch));
  }

  /** Whether only those on a list, which may be empty, push directly. */
  boolean restrictsPushes() {
    return spec.requirePullRequest() || !pushers.isEmpty();
  }
}
