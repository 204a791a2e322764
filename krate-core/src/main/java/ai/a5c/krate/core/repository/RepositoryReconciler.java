package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.BranchRows;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Says where repositories are and what was pushed last, and clears up after the deleted ones. */
final class RepositoryReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "repositories";

  /** What belongs to a repository. */
  private static final List<Kind> RECORDS =
      List.of(
          ForgeKinds.PIPELINE,
          ForgeKinds.REVIEW,
          ForgeKinds.CHECK,
          ForgeKinds.PULL_REQUEST,
          ForgeKinds.ISSUE);

  private static final int PAGE = 500;
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final Duration LATER = Duration.ofSeconds(1);

  private final Objects objects;
  private final Repositories repositories;
  private final Client client;
  private final GitBackend git;
  private final Supplier<Optional<URI>> address;
  private final InstantSource clock;
  private final Map<Uid, ObjectName> names = new ConcurrentHashMap<>();
  private final Map<Uid, Instant> pushed = new ConcurrentHashMap<>();

  RepositoryReconciler(
      Objects objects,
      Client client,
      GitBackend git,
      Supplier<Optional<URI>> address,
      InstantSource clock) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.client = client;
    this.git = git;
    this.address = address;
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    List<Grants.Rule> rules = new ArrayList<>();
    rules.add(Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "get", "update"));
    rules.add(Grants.Rule.ofStatus(ForgeKinds.REPOSITORY.resource()));
    for (Kind kind : RECORDS) {
      rules.add(Grants.Rule.of(kind.resource(), "delete"));
      rules.add(Grants.Rule.within(ForgeKinds.REPOSITORY.resource(), kind.plural(), "delete"));
    }
    return rules;
  }

  @Override
  public String name() {
    return "repositories";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.REPOSITORY;
  }

  /** Its own changes, and its branches. */
  @Override
  public List<ObjectName> affected(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed
          when changed.object().key().resource().equals(kind().resource()) ->
          List.of(
              new ObjectName(changed.object().key().namespace(), changed.object().key().name()));
      case Change.ObjectChanged changed
          when changed.object().key().resource().equals(ForkCopy.KIND.resource()) ->
          named(Uid.of(changed.object().key().name()));
      case Change.ObjectChanged changed -> List.of();
      case Change.RefMoved moved -> {
        boolean isPush =
            !moved.ref().value().startsWith(RefName.PULL)
                && !moved.actor().equals(ForkCopy.SUBJECT);
        if (isPush) {
          pushed.merge(moved.repository(), moved.time(), (a, b) -> a.isAfter(b) ? a : b);
        }
        yield named(moved.repository());
      }
    };
  }

  private List<ObjectName> named(Uid repository) {
    ObjectName name = names.get(repository);
    return name == null ? List.of() : List.of(name);
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ApiObject repository = found.get();
    names.put(repository.uid(), name);
    if (repository.isTerminating()) {
      return clear(repository);
    }
    git.create(repository.uid());
    Optional<Wait> wait = waiting(repository);
    Optional<String> url = url(repository);
    Optional<ObjectId> tip = objects.records().ref(repository.uid(), Repositories.head(repository));
    Optional<Instant> push = Optional.ofNullable(pushed.get(repository.uid()));
    client.updateStatus(
        kind(), name.namespace(), name.name(), current -> status(current, url, tip, push, wait));
    if (wait.isPresent() && wait.get() != Wait.PARENT_GONE) {
      return Optional.of(LATER);
    }
    return url.isPresent() ? Optional.empty() : Optional.of(AGAIN);
  }

  /** Why a repository cannot be cloned yet. */
  private enum Wait {
    COPYING("Copying", "what it begins with is being copied from its parent"),
    PARENT_GONE("ParentGone", "its parent was deleted before it was copied");

    private final String reason;
    private final String message;

    Wait(String reason, String message) {
      this.reason = reason;
      this.message = message;
    }
  }

  private Optional<Wait> waiting(ApiObject repository) {
    if (!repositories.awaitsCopy(repository)) {
      return Optional.empty();
    }
    return Optional.of(
        repositories.parent(repository).isPresent() ? Wait.COPYING : Wait.PARENT_GONE);
  }

  private ApiObject status(
      ApiObject current,
      Optional<String> url,
      Optional<ObjectId> tip,
      Optional<Instant> push,
      Optional<Wait> wait) {
    ApiObject known =
        tip.map(commit -> current.withText(commit.hex(), "status", "defaultBranchCommit"))
            .orElse(current.with(null, "status", "defaultBranchCommit"));
    if (url.isPresent()) {
      known = known.withText(url.get(), "status", "urls", "http");
    }
    if (push.isPresent()) {
      known = known.withText(ApiObject.seconds(push.get()), "status", "lastPushTime");
    }
    boolean ready = url.isPresent() && wait.isEmpty();
    return Conditions.set(
        known,
        "Ready",
        ready,
        wait.map(w -> w.reason).orElse(ready ? "Ready" : "NoAddress"),
        wait.map(w -> w.message).orElse(""),
        clock.instant());
  }

  /** The address by the name of the organization that owns the namespace, once it is known. */
  private Optional<String> url(ApiObject repository) {
    Optional<URI> server = address.get();
    return objects
        .get(ForgeKinds.NAMESPACE, "", repository.namespace())
        .map(namespace -> namespace.labels().getOrDefault(Marks.ORGANIZATION, ""))
        .filter(organization -> !organization.isEmpty() && server.isPresent())
        .map(
            organization ->
                server.orElseThrow() + "/" + organization + "/" + repository.name() + ".git");
  }

  /** Removes the records, then the refs, then the Git data, then the repository itself. */
  private Optional<Duration> clear(ApiObject repository) {
    if (!repository.finalizers().contains(Marks.FINALIZER)) {
      return Optional.empty();
    }
    boolean records = false;
    for (Kind kind : RECORDS) {
      records |= deleteRecords(kind, repository);
    }
    if (records || deleteRefs(repository.uid())) {
      return Optional.of(AGAIN);
    }
    git.delete(repository.uid());
    if (new BranchRows(objects).delete(repository.uid(), SUBJECT, clock.instant())
        || ForkCopy.delete(objects, repository.uid().toString(), SUBJECT, clock.instant())) {
      return Optional.of(AGAIN);
    }
    client.update(
        kind(),
        repository.namespace(),
        repository.name(),
        current -> current.withoutFinalizer(Marks.FINALIZER));
    names.remove(repository.uid());
    pushed.remove(repository.uid());
    return Optional.empty();
  }

  private boolean deleteRecords(Kind kind, ApiObject repository) {
    boolean any = false;
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind, repository.namespace(), after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
        ApiObject object = objects.read(kind, stored);
        String home = kind.equals(ForgeKinds.REVIEW) ? "status" : "spec";
        if (object.text(home, "repository").equals(repository.name())) {
          any = true;
          if (!object.isTerminating()) {
            client.delete(kind, object);
          }
        }
      }
    } while (page.more());
    return any;
  }

  /** The refs are nobody's objects: the repository that they belong to was deleted on the road. */
  private boolean deleteRefs(Uid repository) {
    RefListing page = objects.records().refs(repository, "", null, PAGE);
    if (page.refs().isEmpty()) {
      return false;
    }
    List<Operation<Boundary.Records>> operations = new ArrayList<>();
    page.refs()
        .forEach(
            (ref, at) ->
                operations.add(
                    new Operation.MoveRef(repository, Template.of(ref.value()), at, null)));
    CommitOutcome outcome = objects.records().commit(new Transaction<>(SUBJECT, operations));
    return outcome instanceof CommitOutcome.Rejected || !operations.isEmpty();
  }
}
