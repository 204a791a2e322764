package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Says of each open pull request what it would change and whether it could be merged now. */
final class MergeabilityReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "mergeability";

  private final Client client;
  private final Repositories repositories;
  private final GitBackend git;
  private final Map<Target, Set<ObjectName>> byTarget = new ConcurrentHashMap<>();

  /** A branch that pull requests go to. */
  private record Target(Uid repository, String branch) {}

  MergeabilityReconciler(Client client, Repositories repositories, GitBackend git) {
    this.client = client;
    this.repositories = repositories;
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

  /** Its own changes; and when a branch moves, the pull requests that go to it. */
  @Override
  public List<ObjectName> affected(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed
          when changed.object().key().resource().equals(kind().resource()) ->
          List.of(
              new ObjectName(changed.object().key().namespace(), changed.object().key().name()));
      case Change.ObjectChanged changed -> List.of();
      case Change.RefMoved moved ->
          moved
              .ref()
              .branch()
              .map(
                  branch -> byTarget.getOrDefault(new Target(moved.repository(), branch), Set.of()))
              .map(List::copyOf)
              .orElse(List.of());
    };
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || !isOpen(found.get())) {
      byTarget.values().forEach(names -> names.remove(name));
      return Optional.empty();
    }
    ApiObject pull = found.get();
    Optional<ApiObject> repository =
        repositories.find(name.namespace(), pull.text("spec", "repository"));
    if (repository.isEmpty()) {
      return Optional.empty();
    }
    Target target = new Target(repository.get().uid(), pull.text("spec", "targetBranch"));
    byTarget.computeIfAbsent(target, t -> ConcurrentHashMap.newKeySet()).add(name);
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
    List<String> reasons = new ArrayList<>();
    if (pull.isTrue("spec", "draft")) {
      reasons.add("Draft");
    }
    if (repositories.branch(repository, pull.text("spec", "sourceBranch")).isEmpty()) {
      reasons.add("SourceGone");
    }
    Optional<ObjectId> base = repositories.branch(repository, pull.text("spec", "targetBranch"));
    ObjectId head = ObjectId.of(pull.text("status", "head", "commit"));
    if (base.isEmpty()) {
      reasons.add("TargetGone");
      return new Verdict(null, null, reasons, List.of());
    }
    @Nullable Comparison comparison = git.compare(repository.uid(), base.get(), head).orElse(null);
    List<String> conflicts = List.of();
    switch (tryMerge(repository, base.get(), head)) {
      case MergeAttempt.Merged merged -> merged.merge().close();
      case MergeAttempt.Conflicted(var paths) -> {
        reasons.add("Conflicts");
        conflicts = paths.size() > 1000 ? paths.subList(0, 1000) : paths;
      }
      case MergeAttempt.AlreadyMerged merged -> reasons.add("NothingToMerge");
      case MergeAttempt.Unrelated unrelated -> reasons.add("Unrelated");
      case MergeAttempt.Missing missing -> reasons.add("SourceGone");
    }
    return new Verdict(base.get(), comparison, reasons.stream().distinct().toList(), conflicts);
  }

  private MergeAttempt tryMerge(ApiObject repository, ObjectId base, ObjectId head) {
    return git.merge(
        repository.uid(),
        new MergeRequest(base, head, "trial", "krate", "krate@localhost", Instant.EPOCH));
  }

  /** Whether the verdict is still about this: another head or target brings another look. */
  private static boolean speaksOf(ApiObject current, ApiObject judged) {
    return isOpen(current)
        && current.text("status", "head", "commit").equals(judged.text("status", "head", "commit"))
        && current.text("spec", "targetBranch").equals(judged.text("spec", "targetBranch"));
  }

  private static boolean isOpen(ApiObject pull) {
    String phase = pull.text("status", "phase");
    return !pull.isTerminating() && (phase.equals("Open") || phase.equals("Draft"));
  }
}
