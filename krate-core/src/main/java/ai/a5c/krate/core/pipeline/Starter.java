package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts the pipelines of an event, each once however often the event is read. One thread's. */
final class Starter {
  private static final Logger LOG = System.getLogger(Starter.class.getName());

  /** The most refs of one push that start something. */
  static final int MOST_REFS = 64;

  private static final int MOST_PATHS = 3_000;
  private static final List<String> OPEN = List.of("Draft", "Open", "Queued");

  private final Client client;
  private final Objects objects;
  private final Repositories repositories;
  private final Workflows workflows;
  private final GitBackend git;
  private final RepositoryNames names;
  private @Nullable Push last;
  private Optional<ApiObject> pushedTo = Optional.empty();
  private int refs;

  /** The pushes of one moment, which are one unless somebody made two in it. */
  private record Push(Uid repository, String actor, Instant time) {}

  /**
   * What runs if a workflow wants it.
   *
   * @param ref whose code runs
   * @param pull the pull request that it runs for; null for a push
   */
  private record Event(
      Revision at,
      Instant time,
      ApiObject repository,
      String ref,
      ObjectId commit,
      @Nullable ApiObject pull,
      JsonObject actor) {}

  Starter(Client client, Objects objects, Workflows workflows, GitBackend git) {
    this.client = client;
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.workflows = workflows;
    this.git = git;
    this.names = new RepositoryNames(objects);
  }

  /** Starts what a change starts, if it is an event. */
  void start(Change change) {
    switch (change) {
      case Change.RefMoved moved -> pushed(moved);
      case Change.ObjectChanged changed
          when changed.object().key().resource().equals(ForgeKinds.PULL_REQUEST.resource()) ->
          pulled(changed);
      case Change.ObjectChanged other -> {}
    }
  }

  private void pushed(Change.RefMoved moved) {
    ObjectId target = moved.target();
    String ref = moved.ref().value();
    // Nobody pushed what a fork begins with.
    boolean copied = moved.actor().equals(ForkCopy.SUBJECT);
    if (target == null || copied || !Tier.isBranchOrTag(ref) || isTooMany(moved)) {
      return;
    }
    Uid uid = moved.repository();
    Optional<ApiObject> repository = pushedTo.or(() -> names.find(uid));
    pushedTo = repository;
    Optional<ObjectId> commit =
        repository.isEmpty() ? Optional.empty() : git.mergeBase(uid, target, target);
    if (repository.isEmpty() || commit.isEmpty()) {
      return;
    }
    var event =
        new Event(
            moved.revision(),
            moved.time(),
            repository.get(),
            ref,
            commit.get(),
            null,
            Json.object().add("name", moved.actor()).build());
    Supplier<Optional<ChangedPaths>> changed =
        () ->
            before(repository.get(), moved.old(), commit.get())
                .flatMap(from -> git.changedPaths(uid, from, commit.get(), MOST_PATHS));
    start(event, sound -> Matching.push(sound.spec().on(), ref, changed));
  }

  /** Where a push began: of a new branch, where it left the default branch. */
  private Optional<ObjectId> before(ApiObject repository, @Nullable ObjectId old, ObjectId commit) {
    if (old != null) {
      return git.mergeBase(repository.uid(), old, old);
    }
    return repositories
        .branch(repository, Repositories.defaultBranch(repository))
        .flatMap(tip -> git.mergeBase(repository.uid(), tip, commit))
        .filter(base -> !base.equals(commit));
  }

  private boolean isTooMany(Change.RefMoved moved) {
    var push = new Push(moved.repository(), moved.actor(), moved.time());
    if (!push.equals(last)) {
      last = push;
      pushedTo = Optional.empty();
      refs = 0;
    }
    refs++;
    if (refs == MOST_REFS + 1) {
      LOG.log(
          Level.WARNING,
          "a push to repository {0} has more than {1} refs; the others start no pipelines",
          moved.repository(),
          MOST_REFS);
    }
    return refs > MOST_REFS;
  }

  private void pulled(Change.ObjectChanged changed) {
    if (changed.type() == Change.Type.DELETED) {
      return;
    }
    ApiObject pull = objects.read(ForgeKinds.PULL_REQUEST, changed.object());
    StoredObject previous = changed.previous();
    String head = pull.text("status", "head", "commit");
    if (!isOpen(pull) || head.isEmpty()) {
      return;
    }
    if (previous != null) {
      ApiObject before = objects.read(ForgeKinds.PULL_REQUEST, previous);
      if (isOpen(before) && before.text("status", "head", "commit").equals(head)) {
        return;
      }
    }
    Optional<ApiObject> repository =
        repositories.find(pull.namespace(), pull.text("spec", "repository"));
    if (repository.isEmpty()) {
      return;
    }
    ObjectId commit = ObjectId.of(head);
    Uid uid = repository.get().uid();
    String target = pull.text("spec", "targetBranch");
    Supplier<Optional<ChangedPaths>> brought =
        () ->
            repositories
                .branch(repository.get(), target)
                .flatMap(tip -> git.mergeBase(uid, tip, commit))
                .flatMap(base -> git.changedPaths(uid, base, commit, MOST_PATHS));
    var event =
        new Event(
            changed.revision(),
            changed.time(),
            repository.get(),
            isOfFork(pull)
                ? pull.text("status", "head", "ref")
                : RefName.HEADS + pull.text("spec", "sourceBranch"),
            commit,
            pull,
            actor(pull, changed.actor()));
    start(event, sound -> Matching.pull(sound.spec().on(), target, brought));
  }

  private static boolean isOpen(ApiObject pull) {
    return OPEN.contains(pull.text("status", "phase"));
  }

  private static boolean isOfFork(ApiObject pull) {
    String source = pull.text("spec", "sourceRepository");
    return pull.isTrue("status", "fork")
        || !(source.isEmpty() || source.equals(pull.text("spec", "repository")));
  }

  /** Who did it; where a controller brought the commits of somebody, who opened the request. */
  private static JsonObject actor(ApiObject pull, String actor) {
    boolean opener =
        actor.startsWith(Grants.PREFIX) || actor.equals(pull.text("status", "author", "name"));
    return opener
        ? JsonTree.objectAt(pull.json(), "status", "author")
        : Json.object().add("name", actor).build();
  }

  /** A file that nobody can read says nothing of when it wants to run: it always tells. */
  private void start(Event event, Predicate<WorkflowFile.Sound> wanted) {
    List<WorkflowFile> files =
        workflows.at(event.repository().uid(), event.commit()).orElse(List.of());
    for (WorkflowFile file : files) {
      boolean starts =
          switch (file) {
            case WorkflowFile.Sound sound -> wanted.test(sound);
            case WorkflowFile.Broken broken -> true;
          };
      if (starts) {
        create(event, file);
      }
    }
  }

  private void create(Event event, WorkflowFile file) {
    ApiObject pipeline = pipeline(event, file);
    try {
      if (objects.get(ForgeKinds.PIPELINE, pipeline.namespace(), pipeline.name()).isEmpty()) {
        var unused = client.create(ForgeKinds.PIPELINE, pipeline);
      }
    } catch (ApiException e) {
      switch (e.problem()) {
        case Problem.AlreadyExists done -> {}
        case Problem.NotFound gone -> {}
        case Problem.Invalid invalid -> refused(pipeline, e);
        case Problem.Forbidden forbidden -> refused(pipeline, e);
        case Problem.Denied denied -> refused(pipeline, e);
        default -> throw e;
      }
    }
  }

  /** By a policy, or because the repository is going away: there is nothing to try again. */
  private static void refused(ApiObject pipeline, ApiException e) {
    LOG.log(Level.WARNING, "no {0}: {1}", pipeline, e.getMessage());
  }

  private static ApiObject pipeline(Event event, WorkflowFile file) {
    var spec =
        Json.object()
            .add("repository", event.repository().name())
            .add("ref", event.ref())
            .add("commit", event.commit().hex())
            .add("workflow", file.path());
    ApiObject pull = event.pull();
    if (pull != null) {
      spec.add("pullRequest", pull.name());
    }
    var pipeline =
        new ApiObject(
            Json.object()
                .add("apiVersion", ForgeKinds.PIPELINE.apiVersion())
                .add("kind", ForgeKinds.PIPELINE.name())
                .add(
                    "metadata",
                    Json.object()
                        .add("name", EventName.of(file, event.at()))
                        .add("namespace", event.repository().namespace())
                        .add("generation", 1))
                .add("spec", spec)
                .add(
                    "status",
                    Json.object()
                        .add("name", checkName(file))
                        .add("workflowDigest", file.digest())
                        .add("actor", event.actor())
                        .add("phase", "Pending"))
                .build());
    return switch (file) {
      case WorkflowFile.Sound sound -> pipeline;
      case WorkflowFile.Broken broken ->
          Conditions.set(
              pipeline
                  .withText("Failed", "status", "phase")
                  .withText(ApiObject.seconds(event.time()), "status", "completionTime"),
              PipelineReconciler.SUCCEEDED,
              false,
              "WorkflowInvalid",
              broken.path() + ": " + broken.message(),
              event.time());
    };
  }

  /** A broken file may be called whatever a commit can contain; a check may not. */
  private static String checkName(WorkflowFile file) {
    String name = file.name().replaceAll("[^ -~]", "?").strip();
    return name.substring(0, Math.min(WorkflowChecks.LONGEST_NAME, name.length()));
  }
}
