package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.core.forge.Indexes;
import ai.a5c.krate.core.forge.Movers;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.PreparedObjects;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.Template;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives forks what they begin with: objects of their own, the branches and tags of their parent as
 * they are by then, and the memory of who moved those. Until all of it is there nobody looks in; a
 * copy that was broken off is taken up again, by what is there and what should be.
 */
final class ForkReconciler implements Reconciler {
  static final String SUBJECT = ForkCopy.SUBJECT;

  private static final int PAGE = 1_000;
  private static final int MOST_REFS = 1_000_000;
  private static final Duration AGAIN = Duration.ofMillis(200);

  private final Objects objects;
  private final Repositories repositories;
  private final Movers movers;
  private final Client client;
  private final GitBackend git;
  private final Arrivals arrivals;
  private final InstantSource clock;

  ForkReconciler(
      Objects objects, Client client, GitBackend git, Arrivals arrivals, InstantSource clock) {
    this.objects = objects;
    this.repositories = new Repositories(objects);
    this.movers = new Movers(objects);
    this.client = client;
    this.git = git;
    this.arrivals = arrivals;
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    return List.of(Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "get"));
  }

  @Override
  public String name() {
    return "forks";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.REPOSITORY;
  }

  /** New repositories; what is in the fork and in its parent is looked at when its turn comes. */
  @Override
  public List<ObjectName> affected(Change change) {
    return change instanceof Change.ObjectChanged changed
            && changed.type() == Change.Type.CREATED
            && changed.object().key().resource().equals(kind().resource())
        ? List.of(new ObjectName(changed.object().key().namespace(), changed.object().key().name()))
        : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    if (found.isEmpty() || found.get().isTerminating() || !Repositories.isFork(found.get())) {
      return Optional.empty();
    }
    ApiObject fork = found.get();
    if (!repositories.awaitsCopy(fork)) {
      arrivals.arrived(fork.uid());
      return Optional.empty();
    }
    Optional<ApiObject> parent = repositories.parent(fork);
    if (parent.isEmpty()) {
      return Optional.empty(); // for good, as the fork's status says
    }
    if (repositories.awaitsCopy(parent.get()) || !copy(fork, parent.get())) {
      return Optional.of(AGAIN);
    }
    arrivals.arrived(fork.uid());
    return Optional.empty();
  }

  private boolean copy(ApiObject fork, ApiObject parent) {
    SortedMap<RefName, ObjectId> wanted = refs(parent.uid(), RefName.HEADS);
    wanted.putAll(refs(parent.uid(), RefName.TAGS));
    git.create(fork.uid());
    CopyAttempt attempt =
        git.copy(
            new CopyRequest(
                parent.uid(), fork.uid(), Set.copyOf(wanted.values()), CopyRequest.Bound.NONE));
    return switch (attempt) {
      case CopyAttempt.Copied(PreparedObjects copied) -> {
        try (copied) {
          copied.publish();
          yield begin(fork, parent, wanted, copied);
        }
      }
      case CopyAttempt.Missing missing -> false; // the parent has moved on
      case CopyAttempt.TooLarge tooLarge -> throw new IllegalStateException(tooLarge.why());
    };
  }

  /** Everything in parts, each of which can be there without the next; the last says so. */
  private boolean begin(
      ApiObject fork,
      ApiObject parent,
      SortedMap<RefName, ObjectId> wanted,
      PreparedObjects copied) {
    Optional<ListRequest.Place> place = Optional.empty();
    do {
      Plan plan = plan();
      place = movers.inherit(plan, parent.uid(), fork.uid(), place.orElse(null));
      if (!plan.steps().isEmpty() && !commit(fork, plan, copied)) {
        return false;
      }
    } while (place.isPresent());
    List<Step.MoveRef> moves = moves(fork.uid(), wanted);
    int done = 0;
    while (moves.size() - done > PAGE) {
      Plan plan = plan();
      moves.subList(done, done + PAGE).forEach(plan::add);
      done += PAGE;
      if (!commit(fork, plan, copied)) {
        return false;
      }
    }
    Plan last = plan();
    moves.subList(done, moves.size()).forEach(last::add);
    Indexes.put(
        last,
        ForkCopy.KIND,
        Optional.empty(),
        fork.uid().toString(),
        new ForkCopy(parent.uid().toString()));
    return commit(fork, last, copied);
  }

  private Plan plan() {
    return new Plan(StorageBoundary.RECORDS, SUBJECT, clock.instant());
  }

  /** Commits a part, unless the fork is going or somebody else has copied it meanwhile. */
  private boolean commit(ApiObject fork, Plan plan, PreparedObjects copied) {
    boolean there =
        repositories
            .find(fork.namespace(), fork.name())
            .filter(found -> found.uid().equals(fork.uid()))
            .isPresent();
    if (!there) {
      return false;
    }
    Indexes.require(plan, ForkCopy.KIND, Optional.empty(), fork.uid().toString());
    try {
      if (objects.commit(plan) instanceof CommitOutcome.Rejected) {
        return false;
      }
    } catch (OutcomeUnknownException e) {
      copied.keep();
      throw e;
    }
    copied.keep();
    return true;
  }

  /** What makes the refs of the fork those that are wanted. */
  private List<Step.MoveRef> moves(Uid fork, SortedMap<RefName, ObjectId> wanted) {
    SortedMap<RefName, ObjectId> there = refs(fork, "");
    List<Step.MoveRef> moves = new ArrayList<>();
    Set<RefName> all = new HashSet<>(there.keySet());
    all.addAll(wanted.keySet());
    for (RefName ref : all) {
      @Nullable ObjectId from = there.get(ref);
      @Nullable ObjectId to = wanted.get(ref);
      if (from == null || !from.equals(to)) {
        moves.add(new Step.MoveRef(fork, Template.of(ref.value()), from, to));
      }
    }
    return moves;
  }

  private SortedMap<RefName, ObjectId> refs(Uid repository, String prefix) {
    SortedMap<RefName, ObjectId> refs = new TreeMap<>();
    @Nullable RefName after = null;
    RefListing page;
    do {
      page = objects.records().refs(repository, prefix, after, PAGE);
      refs.putAll(page.refs());
      if (refs.size() > MOST_REFS) {
        throw new IllegalStateException("more than " + MOST_REFS + " refs to begin with");
      }
      after = page.refs().isEmpty() ? null : page.refs().lastKey();
    } while (page.refs().size() == PAGE);
    return refs;
  }
}
