package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Assessor;
import ai.a5c.krate.core.forge.Assessor.Assessment;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.PullStatus;
import ai.a5c.krate.core.forge.Readiness;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of each open pull request what it would change, who approved it, what was checked, and
 * whether it could be merged now, or what stands in the way.
 */
final class MergeabilityReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "mergeability";

  private static final int MOST_CONFLICTS = 1_000;

  private final Client client;
  private final Objects objects;
  private final Repositories repositories;
  private final Protections protections;
  private final Assessor assessor;
  private final GitBackend git;
  private final Wakes wakes = new Wakes();

  /** A branch that pull requests go to, or come from another repository from. */
  private record Target(Uid repository, String branch) {}

  /** A commit that would be merged. */
  private record Head(ObjectName repository, String commit) {}

  /** The same branch by its repository's name, as protections speak of it. */
  private record Branch(ObjectName repository, String name) {}

  MergeabilityReconciler(
      Client client, Objects objects, Protections protections, Assessor assessor, GitBackend git) {
    this.client = client;
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.protections = protections;
    this.assessor = assessor;
    this.git = git;
  }

  static List<Grants.Rule> grants() {
    return List.of(
        Grants.Rule.of(ForgeKinds.PULL_REQUEST.resource(), "get"),
        Grants.Rule.ofStatus(ForgeKinds.PULL_REQUEST.resource()),
        Grants.Rule.within(
            ForgeKinds.REPOSITORY.resource(), ForgeKinds.PULL_REQUEST.plural(), "get", "update"));
  }

  @Override
  public String name() {
    return "mergeability";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.PULL_REQUEST;
  }

  /**
   * Its own changes; and those of its target branch, its reviews, the checks on its head, its
   * repository, the protections of branches, and the branch and repository that it comes from.
   */
  @Override
  public List<ObjectName> affected(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed -> affected(changed);
      case Change.RefMoved moved ->
          moved
              .ref()
              .branch()
              .map(branch -> wakes.of(new Target(moved.repository(), branch)))
              .orElse(List.of());
    };
  }

  private List<ObjectName> affected(Change.ObjectChanged changed) {
    GroupResource resource = changed.object().key().resource();
    String namespace = changed.object().key().namespace();
    ObjectName name = new ObjectName(namespace, changed.object().key().name());
    if (resource.equals(kind().resource())) {
      return List.of(name);
    }
    if (resource.equals(ForgeKinds.REVIEW.resource())) {
      ApiObject review = objects.read(ForgeKinds.REVIEW, changed.object());
      return List.of(new ObjectName(namespace, review.text("spec", "pullRequest")));
    }
    if (resource.equals(ForgeKinds.CHECK.resource())) {
      ApiObject check = objects.read(ForgeKinds.CHECK, changed.object());
      ObjectName repository = new ObjectName(namespace, check.text("spec", "repository"));
      return wakes.of(new Head(repository, check.text("spec", "commit")));
    }
    if (resource.equals(ForgeKinds.REPOSITORY.resource())) {
      return wakes.of(name);
    }
    return protections
        .concern(changed)
        .map(concern -> wakes.where(cause -> isAbout(concern, cause)))
        .orElse(List.of());
  }

  private static boolean isAbout(Protections.Concern concern, Object cause) {
    return cause instanceof Branch(ObjectName repository, String branch)
        && concern.namespace().equals(repository.namespace())
        && concern.isAbout(repository.name(), branch);
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || found.get().isTerminating() || !Pulls.isOpen(found.get())) {
      wakes.forget(name);
      return Optional.empty();
    }
    ApiObject pull = found.get();
    Optional<ApiObject> repository =
        repositories.find(name.namespace(), pull.text("spec", "repository"));
    if (repository.isEmpty()) {
      return Optional.empty();
    }
    ObjectName home = new ObjectName(name.namespace(), repository.get().name());
    Set<Object> bearing = new HashSet<>();
    bearing.add(new Target(repository.get().uid(), pull.text("spec", "targetBranch")));
    bearing.add(new Head(home, pull.text("status", "head", "commit")));
    bearing.add(home);
    bearing.add(new Branch(home, pull.text("spec", "targetBranch")));
    if (Repositories.isFromFork(pull)) {
      bearing.add(
          new Target(Uid.of(pull.text("status", "sourceUid")), pull.text("spec", "sourceBranch")));
      bearing.add(new ObjectName(name.namespace(), pull.text("spec", "sourceRepository")));
    }
    wakes.put(name, bearing);
    Verdict verdict = judge(repository.get(), pull);
    client.updateStatus(
        kind(),
        name.namespace(),
        name.name(),
        current -> speaksOf(current, pull) ? verdict.on(current) : current);
    return Optional.empty();
  }

  /** What was found out. */
  private record Verdict(
      @Nullable ObjectId base,
      @Nullable Comparison comparison,
      @Nullable PullStatus status,
      List<String> reasons,
      List<String> conflicts) {
    ApiObject on(ApiObject pull) {
      ApiObject known =
          pull.withText(reasons.isEmpty() ? "True" : "False", "status", "mergeable")
              .with(reasons.isEmpty() ? null : JsonTree.texts(reasons), "status", "reasons")
              .with(conflicts.isEmpty() ? null : JsonTree.texts(conflicts), "status", "conflicts")
              .with(Json.number(pull.generation()), "status", "observedGeneration");
      if (base != null) {
        known = known.withText(base.hex(), "status", "base", "commit");
      }
      if (status != null) {
        known = status.on(known);
      }
      return comparison == null ? known : compared(known, comparison);
    }

    private static ApiObject compared(ApiObject pull, Comparison comparison) {
      ObjectId mergeBase = comparison.mergeBase();
      return pull.with(mergeBase == null ? null : Json.text(mergeBase.hex()), "status", "mergeBase")
          .with(
              Json.object()
                  .add("commits", comparison.commits())
                  .add("files", comparison.files())
                  .add("additions", comparison.additions())
                  .add("deletions", comparison.deletions())
                  .build(),
              "status",
              "stats");
    }
  }

  private Verdict judge(ApiObject repository, ApiObject pull) {
    Optional<ObjectId> tip = repositories.branch(repository, pull.text("spec", "targetBranch"));
    if (tip.isEmpty()) {
      return new Verdict(null, null, null, List.of("TargetGone"), List.of());
    }
    ObjectId base = tip.get();
    ObjectId head = ObjectId.of(pull.text("status", "head", "commit"));
    @Nullable Comparison comparison = git.compare(repository.uid(), base, head).orElse(null);
    Assessment assessment = assessor.assess(repository, pull, base);
    MergeAttempt attempt = tryMerge(repository, base, head);
    if (attempt instanceof MergeAttempt.Merged(var merge)) {
      merge.close();
    }
    List<String> conflicts =
        attempt instanceof MergeAttempt.Conflicted(List<String> paths)
            ? paths.subList(0, Math.min(MOST_CONFLICTS, paths.size()))
            : List.of();
    Readiness readiness = assessment.readiness().and(Readiness.of(attempt));
    return new Verdict(base, comparison, PullStatus.of(assessment), readiness.reasons(), conflicts);
  }

  private MergeAttempt tryMerge(ApiObject repository, ObjectId base, ObjectId head) {
    return git.merge(
        repository.uid(),
        new MergeRequest(base, head, "trial", "krate", "krate@localhost", Instant.EPOCH));
  }

  /** Whether the verdict is still about this: anything else brings another look. */
  private static boolean speaksOf(ApiObject current, ApiObject judged) {
    return Pulls.isOpen(current)
        && !current.isTerminating()
        && current.text("status", "head", "commit").equals(judged.text("status", "head", "commit"))
        && current.at("spec").equals(judged.at("spec"));
  }
}
