package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.Repository.MergeMethod;
import ai.a5c.krate.api.records.Check;
import ai.a5c.krate.core.forge.CommitChecks.One;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.core.forge.Protection.Objection;
import ai.a5c.krate.spi.git.MergeAttempt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pull request may be merged: facts in, obstacles out, and nothing else is looked at. A
 * merge is refused for exactly what {@code status.reasons} has said before, because both are made
 * here.
 *
 * @param fixed what nobody is excused from
 * @param rules what the branch's protection asks for and those who may bypass it are excused from
 */
public record Readiness(List<Obstacle> fixed, List<Objection> rules) {
  private static final int SHOWN = 10;

  public Readiness {
    fixed = List.copyOf(fixed);
    rules = List.copyOf(rules);
  }

  /**
   * One thing that stands in the way.
   *
   * @param reason one of those that a pull request's status names
   * @param detail for a person
   */
  public record Obstacle(String reason, String detail) {}

  /**
   * What decides.
   *
   * @param draft whether it is not ready by its author's own word
   * @param sourceGone whether its source branch was deleted
   * @param allowed the ways of merging that the repository allows
   * @param wanted the way that was asked for; null for the first that will do
   * @param upToDate whether the head contains the newest commit of the target branch
   * @param protection of the target branch
   * @param tally of the reviews
   * @param head the commit that would be merged
   * @param checks on that commit
   * @param changedWorkflows why a required check of a pipeline does not count yet, by its name
   */
  public record Facts(
      boolean draft,
      boolean sourceGone,
      Set<MergeMethod> allowed,
      @Nullable MergeMethod wanted,
      boolean upToDate,
      Protection protection,
      Tally tally,
      String head,
      CommitChecks checks,
      Map<String, String> changedWorkflows) {
    public Facts {
      allowed = Set.copyOf(allowed);
      changedWorkflows = Collections.unmodifiableMap(new TreeMap<>(changedWorkflows));
    }

    /** The way in which it would be merged. */
    public MergeMethod method() {
      if (wanted != null) {
        return wanted;
      }
      boolean merge =
          allowed.contains(MergeMethod.MERGE) && !protection.requireLinearHistory().holds();
      return merge || !allowed.contains(MergeMethod.SQUASH)
          ? MergeMethod.MERGE
          : MergeMethod.SQUASH;
    }
  }

  /** Everything that stands in the way, besides the content. */
  public static Readiness of(Facts facts) {
    List<Obstacle> fixed = new ArrayList<>();
    if (facts.draft()) {
      fixed.add(new Obstacle("Draft", "the pull request is not ready"));
    }
    if (facts.sourceGone()) {
      fixed.add(new Obstacle("SourceGone", "the source branch was deleted"));
    }
    MergeMethod method = facts.method();
    if (!facts.allowed().contains(method)) {
      fixed.add(
          new Obstacle(
              "MethodNotAllowed",
              "the repository does not allow to " + (squash(method) ? "squash" : "merge so")));
    }
    Protection protection = facts.protection();
    List<Objection> rules =
        new ArrayList<>(protection.objectionsToMerge(!squash(method), facts.upToDate()));
    approvals(protection, facts.tally()).ifPresent(rules::add);
    for (Opinion opinion : facts.tally().blocking()) {
      String detail = opinion.name() + " wants changes (review " + opinion.review() + ")";
      if (protection.isProtected()) {
        rules.add(new Objection("ChangesRequested", protection.names(), detail));
      } else {
        fixed.add(new Obstacle("ChangesRequested", detail));
      }
    }
    for (Protection.Check required : protection.requiredChecks()) {
      check(facts, required).ifPresent(rules::add);
    }
    return new Readiness(fixed, rules);
  }

  /** What a trial of the merge says. Does not close it. */
  public static List<Obstacle> of(MergeAttempt attempt) {
    return switch (attempt) {
      case MergeAttempt.Merged merged -> List.of();
      case MergeAttempt.Conflicted(List<String> paths) ->
          paths.stream()
              .limit(SHOWN * SHOWN)
              .map(path -> new Obstacle("Conflicts", "both sides changed " + path))
              .toList();
      case MergeAttempt.AlreadyMerged merged ->
          List.of(new Obstacle("NothingToMerge", "the target has every commit"));
      case MergeAttempt.Unrelated unrelated ->
          List.of(new Obstacle("Unrelated", "the branches have no commit in common"));
      case MergeAttempt.Missing(var commit) ->
          List.of(new Obstacle("SourceGone", "commit " + commit + " is not in the repository"));
      case MergeAttempt.TooLarge(String why) ->
          List.of(
              new Obstacle(
                  "TooLarge", "the merge has " + why + "; merge on your machine, and push"));
    };
  }

  /** With what else stands in the way. */
  public Readiness and(List<Obstacle> more) {
    return new Readiness(Stream.concat(fixed.stream(), more.stream()).toList(), rules);
  }

  /** Whether nothing stands in the way. */
  public boolean isReady() {
    return fixed.isEmpty() && rules.isEmpty();
  }

  /** Each reason once, as a status lists them. */
  public List<String> reasons() {
    return Stream.concat(
            fixed.stream().map(Obstacle::reason), rules.stream().map(Objection::reason))
        .distinct()
        .toList();
  }

  /** What stands in the way of this subject, one line each. */
  public List<String> against(Subject subject, Protection protection) {
    Stream<String> bound =
        protection.ruling(subject, rules) instanceof Protection.Ruling.Refused
            ? rules.stream().map(rule -> rule.reason() + ": " + rule.message())
            : Stream.of();
    return Stream.concat(
            fixed.stream().map(obstacle -> obstacle.reason() + ": " + obstacle.detail()), bound)
        .toList();
  }

  private static Optional<Objection> approvals(Protection protection, Tally tally) {
    int required = protection.requiredApprovals().count();
    int given = tally.approvedBy().size();
    if (given >= required) {
      return Optional.empty();
    }
    StringBuilder detail = new StringBuilder();
    detail.append(given).append(" of ").append(required).append(" approvals");
    if (given > 0) {
      detail.append(" (").append(String.join(", ", tally.approvedBy())).append(')');
    }
    String idle =
        tally.idle().stream().limit(SHOWN).map(Readiness::why).collect(Collectors.joining("; "));
    if (!idle.isEmpty()) {
      detail.append("; ").append(idle);
    }
    return Optional.of(
        new Objection("ApprovalsMissing", protection.requiredApprovals().by(), detail.toString()));
  }

  private static String why(Tally.Idle idle) {
    String name = idle.opinion().name();
    return idle.standing() == Tally.Standing.SELF
        ? name + " opened the pull request or moved its branch"
        : name + " approved another commit, or for another branch";
  }

  private static Optional<Objection> check(Facts facts, Protection.Check required) {
    Optional<One> newest = facts.checks().of(required.source(), required.name());
    Check.Phase phase = newest.map(One::phase).orElse(Check.Phase.PENDING);
    String check =
        "check \"" + required.name() + "\" of " + source(required) + " on " + short8(facts.head());
    return switch (phase) {
      case SUCCEEDED ->
          Optional.ofNullable(facts.changedWorkflows().get(required.name()))
              .filter(why -> required.source() == BranchProtection.Source.PIPELINE)
              .map(
                  why ->
                      new Objection(
                          "WorkflowChanged",
                          required.by(),
                          check
                              + " ran by a workflow of its own ("
                              + why
                              + "): who may maintain the repository has to approve this head"));
      case PENDING, RUNNING ->
          Optional.of(
              new Objection(
                  "ChecksPending",
                  required.by(),
                  check + (newest.isEmpty() ? " is missing" : " has not ended")));
      case FAILED, CANCELED, SKIPPED ->
          Optional.of(
              new Objection(
                  "ChecksFailed",
                  required.by(),
                  check + (phase == Check.Phase.FAILED ? " failed" : " did not run to its end")));
    };
  }

  private static String source(Protection.Check check) {
    return switch (check.source()) {
      case PIPELINE -> "a pipeline";
      case EXTERNAL -> "an external CI";
    };
  }

  private static boolean squash(MergeMethod method) {
    return method == MergeMethod.SQUASH;
  }

  private static String short8(String commit) {
    return commit.substring(0, Math.min(8, commit.length()));
  }
}
