package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.records.Workflow;
import ai.a5c.krate.core.forge.BranchPattern;
import ai.a5c.krate.core.forge.Glob;
import ai.a5c.krate.spi.git.ChangedPaths;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether an event starts a workflow. */
final class Matching {
  private Matching() {}

  /**
   * Whether a push does.
   *
   * @param changed asked only if it matters; empty if nobody can tell, and then everything changed
   */
  static boolean push(Workflow.On on, String ref, Supplier<Optional<ChangedPaths>> changed) {
    Workflow.Push push = on.push();
    if (push == null) {
      return false;
    }
    boolean named;
    if (ref.startsWith(RefName.TAGS)) {
      named = matches(push.tags(), ref.substring(RefName.TAGS.length()));
    } else {
      boolean any = push.branches().isEmpty() && push.tags().isEmpty();
      named = any || matches(push.branches(), ref.substring(RefName.HEADS.length()));
    }
    return named && touches(push.paths(), changed);
  }

  /** Whether a pull request does that was opened, reopened, or got another head. */
  static boolean pull(Workflow.On on, String target, Supplier<Optional<ChangedPaths>> changed) {
    Workflow.PullRequests pulls = on.pullRequest();
    return pulls != null
        && (pulls.targetBranches().isEmpty() || matches(pulls.targetBranches(), target))
        && touches(pulls.paths(), changed);
  }

  private static boolean matches(List<String> patterns, String name) {
    return patterns.stream()
        .anyMatch(pattern -> BranchPattern.parse(pattern).filter(p -> p.matches(name)).isPresent());
  }

  private static boolean touches(List<String> patterns, Supplier<Optional<ChangedPaths>> changed) {
    if (patterns.isEmpty()) {
      return true;
    }
    Optional<ChangedPaths> paths = changed.get();
    if (paths.isEmpty() || paths.get().more()) {
      return true;
    }
    List<Glob> globs = patterns.stream().flatMap(p -> Glob.parse(p).stream()).toList();
    return paths.get().paths().stream()
        .anyMatch(path -> globs.stream().anyMatch(glob -> glob.matches(path)));
  }
}
