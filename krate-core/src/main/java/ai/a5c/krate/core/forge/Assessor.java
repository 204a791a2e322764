package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.Repository.MergeMethod;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Check;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import ai.a5c.krate.spi.git.GitBackend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gathers what decides whether a pull request may be merged, as it is stored now: never from what a
 * status says. A merge then {@linkplain Assessment#requireIn depends} on it. May be used from many
 * threads at once.
 */
public final class Assessor {
  private final Objects objects;
  private final Repositories repositories;
  private final Protections protections;
  private final Movers movers;
  private final GitBackend git;

  public Assessor(Objects objects, Protections protections, GitBackend git) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.protections = protections;
    this.movers = new Movers(objects);
    this.git = git;
  }

  /**
   * What was found.
   *
   * @param facts from which everything else follows
   * @param situation by which reviews are counted
   * @param readiness what stands in the way, besides the content
   */
  public record Assessment(
      Readiness.Facts facts,
      Tally.Situation situation,
      Readiness readiness,
      Step.RequireCount protectionsRead,
      Reading opinionsRead,
      Reading checksRead) {

    /** Lets the transaction depend on the protections, reviews and checks that were read. */
    public void requireIn(Plan plan) {
      plan.add(protectionsRead);
      Indexes.require(plan, Opinions.KIND, opinionsRead.found(), opinionsRead.key());
      Indexes.require(plan, CommitChecks.KIND, checksRead.found(), checksRead.key());
    }
  }

  /** An index as it was read, or its absence. */
  public record Reading(String key, Optional<ApiObject> found) {}

  /**
   * Looks at everything.
   *
   * @param pull as it is stored, or as it would be
   * @param tip of the target branch
   */
  public Assessment assess(ApiObject repository, ApiObject pull, ObjectId tip) {
    Uid uid = repository.uid();
    String head = pull.text("status", "head", "commit");
    String target = pull.text("spec", "targetBranch");
    String namespace = repository.namespace();
    Step.RequireCount protectionsRead =
        new Step.RequireCount(Protections.counter(namespace), protections.version(namespace));
    Protection protection = protections.of(repository, target);
    Reading opinionsRead = read(Opinions.key(pull.uid()), Opinions.KIND);
    Reading checksRead = read(CommitChecks.key(uid, head), CommitChecks.KIND);
    Opinions opinions = Opinions.of(opinionsRead.found());
    Tally.Situation situation =
        new Tally.Situation(
            pull.text("status", "author", "name"),
            moved(uid, pull, opinions, ObjectId.of(head), tip),
            head,
            target,
            !protection.dismissStaleReviews().holds());
    PullRequest.Spec spec = RecordCodec.read(PullRequest.class, pull.json()).spec();
    Readiness.Facts facts =
        new Readiness.Facts(
            spec.draft(),
            repositories.sourceTip(pull).isEmpty(),
            allowed(repository),
            spec.mergeMethod(),
            !protection.requireUpToDate().holds() || git.contains(uid, ObjectId.of(head), tip),
            protection,
            Tally.of(opinions.all(), situation),
            head,
            CommitChecks.of(checksRead.found()),
            changedWorkflows(
                uid, protection, CommitChecks.of(checksRead.found()), tip, opinions, situation));
    return new Assessment(
        facts, situation, Readiness.of(facts), protectionsRead, opinionsRead, checksRead);
  }

  /**
   * The required checks, by name, whose pipelines ran another workflow than the target branch has,
   * and why that is so; none once somebody who may maintain the repository has approved this head.
   */
  private Map<String, String> changedWorkflows(
      Uid repository,
      Protection protection,
      CommitChecks checks,
      ObjectId tip,
      Opinions opinions,
      Tally.Situation situation) {
    Map<String, String> changed = new TreeMap<>();
    for (Protection.Check required : protection.requiredChecks()) {
      if (required.source() == BranchProtection.Source.PIPELINE) {
        checks
            .of(required.source(), required.name())
            .filter(one -> one.phase() == Check.Phase.SUCCEEDED)
            .flatMap(one -> change(repository, tip, one))
            .ifPresent(why -> changed.put(required.name(), why));
      }
    }
    boolean maintained =
        opinions.all().stream()
            .anyMatch(
                opinion ->
                    opinion.maintainer()
                        && situation.standing(opinion) == Tally.Standing.APPROVES
                        && !situation.isStale(opinion));
    return maintained ? Map.of() : changed;
  }

  private Optional<String> change(Uid repository, ObjectId tip, CommitChecks.One check) {
    Optional<String> there = FileDigest.of(git, repository, tip, check.workflowPath());
    if (there.isEmpty()) {
      return Optional.of("the target branch has no " + check.workflowPath());
    }
    return there.get().equals(check.workflowDigest())
        ? Optional.empty()
        : Optional.of(check.workflowPath() + " is another one on the target branch");
  }

  private Reading read(String key, Kind kind) {
    return new Reading(key, objects.get(kind, "", key));
  }

  /** Those of the reviewers who moved the source branch since the merge base. */
  private Set<String> moved(
      Uid repository, ApiObject pull, Opinions opinions, ObjectId head, ObjectId tip) {
    List<String> reviewers =
        opinions.all().stream().filter(o -> !o.dismissed()).map(Opinion::name).distinct().toList();
    Set<String> moved = new TreeSet<>();
    if (!reviewers.isEmpty()) {
      ObjectId mergeBase = git.mergeBase(repository, tip, head).orElse(null);
      String branch = pull.text("spec", "sourceBranch");
      Uid home =
          Repositories.isFromFork(pull) ? Uid.of(pull.text("status", "sourceUid")) : repository;
      for (String name : reviewers) {
        if (movers.moved(git, home, repository, branch, name, mergeBase)) {
          moved.add(name);
        }
      }
    }
    return moved;
  }

  private static Set<MergeMethod> allowed(ApiObject repository) {
    return Set.copyOf(RecordCodec.read(Repository.class, repository.json()).spec().mergeMethods());
  }
}
