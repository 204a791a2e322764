package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Completion;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.SourceBranch;
import ai.a5c.krate.spi.storage.Template;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pull requests and refs together: opening one creates its ref, and whatever moves a branch
 * moves the head of the open pull requests of that branch, in the same transaction.
 *
 * <p>A branch's open pull requests are listed in a {@link SourceBranch}. Opening one writes the
 * list and depends on where the branch is; a push moves the branch and depends on the list: so
 * neither can miss the other.
 *
 * <p>The pull requests of a branch in another repository are in no list: a push there brings no
 * objects here. {@link ForkHeadReconciler} fetches those, and writes the new head; this moves the
 * ref with it.
 */
final class HeadContribution implements Contribution {
  private final Objects objects;
  private final Repositories repositories;
  private final Kind pulls = ForgeKinds.PULL_REQUEST;

  HeadContribution(Objects objects, Repositories repositories) {
    this.objects = objects;
    this.repositories = repositories;
  }

  @Override
  public void contribute(Plan plan) {
    for (Step step : List.copyOf(plan.steps())) {
      switch (step) {
        case Step.Write write when write.kind().equals(pulls) -> written(plan, write);
        case Step.Remove remove when remove.kind().equals(pulls) -> removed(plan, remove.last());
        case Step.MoveRef move -> branchOf(move).ifPresent(branch -> moved(plan, move, branch));
        default -> {}
      }
    }
  }

  private void written(Plan plan, Step.Write write) {
    ApiObject old = write.old();
    ApiObject pull = write.object();
    boolean was = old != null && isOpen(old);
    boolean stays = old != null && isOpen(old) && head(pull).equals(head(old));
    if (old == null) {
      createRef(plan, write);
    }
    if (Repositories.isFromFork(pull)) {
      if (isOpen(pull) && !stays) {
        followed(plan, pull, old != null);
      }
    } else if (isOpen(pull) && !was) {
      listed(plan, pull, write);
    } else if (was && !isOpen(pull)) {
      unlisted(plan, pull);
    }
  }

  private void removed(Plan plan, ApiObject pull) {
    if (isOpen(pull) && !Repositories.isFromFork(pull)) {
      unlisted(plan, pull);
    }
  }

  /** The head is where the other repository's branch is at this very moment. */
  private void followed(Plan plan, ApiObject pull, boolean hasRef) {
    String branch = pull.text("spec", "sourceBranch");
    ApiObject source =
        repositories.source(pull).orElseThrow(() -> missing(pull.text("spec", "sourceRepository")));
    RefName ref = RefName.ofBranch(branch).orElseThrow();
    plan.add(new Step.RequireRef(source.uid(), ref, head(pull)));
    if (hasRef) {
      catchUp(plan, repository(pull).uid(), pull);
    }
  }

  /** {@code refs/pull/N/head}, which stays when the branch is gone. */
  private void createRef(Plan plan, Step.Write write) {
    Uid repository = repository(write.object()).uid();
    for (Completion completion : write.completions()) {
      if (completion.path().equals(List.of("status", "head", "ref"))) {
        Template ref =
            Template.builder()
                .text(completion.prefix())
                .slot(completion.slot())
                .text(completion.suffix())
                .build();
        plan.add(new Step.MoveRef(repository, ref, null, head(write.object())));
      }
    }
  }

  private void listed(Plan plan, ApiObject pull, Step.Write write) {
    ApiObject repository = repository(pull);
    String branch = pull.text("spec", "sourceBranch");
    RefName ref = RefName.ofBranch(branch).orElseThrow();
    plan.add(new Step.RequireRef(repository.uid(), ref, head(pull)));
    List<Completion> name = new ArrayList<>();
    String uid = pull.uid().toString();
    for (Completion completion : write.completions()) {
      if (completion.path().equals(List.of("metadata", "name"))) {
        String prefix = pull.namespace() + "/" + completion.prefix();
        name.add(Completion.text(prefix, completion.slot(), "pulls", uid));
      }
    }
    relist(
        plan,
        SourceBranch.name(repository.uid(), branch),
        list -> list.withText(pull.namespace() + "/" + pull.name(), "pulls", uid),
        name);
    if (write.old() != null) {
      catchUp(plan, repository.uid(), pull);
    }
  }

  private void unlisted(Plan plan, ApiObject pull) {
    Optional<ApiObject> repository =
        objects.get(ForgeKinds.REPOSITORY, pull.namespace(), pull.text("spec", "repository"));
    if (repository.isPresent()) {
      relist(
          plan,
          SourceBranch.name(repository.get().uid(), pull.text("spec", "sourceBranch")),
          list -> list.with(null, "pulls", pull.uid().toString()),
          List.of());
    }
  }

  private void relist(
      Plan plan, String key, UnaryOperator<ApiObject> change, List<Completion> more) {
    Optional<ApiObject> list = objects.get(SourceBranch.KIND, "", key);
    List<Completion> completions = new ArrayList<>(more);
    completions.add(Plan.resourceVersion(plan.steps().size()));
    plan.add(
        new Step.Write(
            SourceBranch.KIND,
            list.orElse(null),
            change.apply(list.orElseGet(() -> empty(key))),
            Template.of(key),
            completions));
  }

  private void moved(Plan plan, Step.MoveRef move, String branch) {
    String key = SourceBranch.name(move.repository(), branch);
    Optional<ApiObject> list = objects.get(SourceBranch.KIND, "", key);
    boolean written =
        plan.steps().stream()
            .anyMatch(
                s ->
                    s instanceof Step.Write w
                        && w.kind().equals(SourceBranch.KIND)
                        && w.object().name().equals(key));
    if (!written) {
      Revision read = list.map(ApiObject::revision).orElse(null);
      plan.add(new Step.Require(SourceBranch.KIND, "", key, read));
    }
    list.ifPresent(
        found ->
            JsonTree.objectAt(found.json(), "pulls")
                .values()
                .forEach(name -> follow(plan, move, ((JsonString) name).getString())));
  }

  /**
   * Moves one pull request's head, unless this very transaction writes the pull request already.
   */
  private void follow(Plan plan, Step.MoveRef move, String place) {
    int slash = place.indexOf('/');
    String namespace = place.substring(0, slash);
    String name = place.substring(slash + 1);
    boolean written =
        plan.steps().stream()
            .anyMatch(
                s ->
                    s instanceof Step.Write w
                        && w.kind().equals(pulls)
                        && w.object().namespace().equals(namespace)
                        && w.object().name().equals(name));
    Optional<ApiObject> found = objects.get(pulls, namespace, name);
    if (written || found.isEmpty() || !isOpen(found.get())) {
      return;
    }
    ApiObject pull = found.get();
    ObjectId target = move.target();
    ApiObject unknown = pull.withText("Unknown", "status", "mergeable");
    if (target == null) {
      if (!unknown.equals(pull)) {
        plan.write(pulls, pull, unknown);
      }
      return;
    }
    plan.write(pulls, pull, unknown.withText(target.hex(), "status", "head", "commit"));
    plan.add(
        new Step.MoveRef(
            move.repository(),
            Template.of(pull.text("status", "head", "ref")),
            head(pull),
            target));
  }

  /** A pull request's ref goes to where its branch is by now. */
  private void catchUp(Plan plan, Uid repository, ApiObject pull) {
    RefName ref = new RefName(pull.text("status", "head", "ref"));
    @Nullable ObjectId at = objects.records().ref(repository, ref).orElse(null);
    ObjectId head = head(pull);
    if (!head.equals(at)) {
      plan.add(new Step.MoveRef(repository, Template.of(ref.value()), at, head));
    }
  }

  private ApiObject repository(ApiObject pull) {
    String name = pull.text("spec", "repository");
    return repositories.find(pull.namespace(), name).orElseThrow(() -> missing(name));
  }

  private static ApiException missing(String repository) {
    return new ApiException(new Problem.NotFound(ForgeKinds.REPOSITORY.resource(), repository));
  }

  private static Optional<String> branchOf(Step.MoveRef move) {
    return RefName.parse(move.ref().fill(slot -> "0").utf8()).flatMap(RefName::branch);
  }

  private static boolean isOpen(ApiObject pull) {
    String phase = pull.text("status", "phase");
    return phase.equals("Open") || phase.equals("Draft");
  }

  private static ObjectId head(ApiObject pull) {
    return ObjectId.of(pull.text("status", "head", "commit"));
  }

  private static ApiObject empty(String key) {
    return new ApiObject(
        Json.object()
            .add("apiVersion", SourceBranch.KIND.apiVersion())
            .add("kind", SourceBranch.KIND.name())
            .add("metadata", Json.object().add("name", key))
            .build());
  }
}
