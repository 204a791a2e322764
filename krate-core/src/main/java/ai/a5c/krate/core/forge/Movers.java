package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who moved branches, and where to: nobody approves what he has brought onto a branch himself. May
 * be used from many threads at once.
 */
public final class Movers {
  /** The most users whom {@link #of} can tell of one branch. */
  public static final int MOST = 10_000;

  private static final int PAGE = 500;

  private final Objects objects;

  public Movers(Objects objects) {
    this.objects = objects;
  }

  /**
   * Everybody who moved a branch of that name since the repository exists, with the commit that he
   * last moved it to.
   *
   * @throws IllegalStateException if they are more than {@link #MOST}: {@link #moved} can tell of
   *     each of them
   */
  public Map<String, ObjectId> of(Uid repository, String branch) {
    String prefix = SourceBranch.name(repository, branch) + ".";
    Map<String, ObjectId> movers = new TreeMap<>();
    ListRequest.Place after = new ListRequest.Place("", prefix);
    Listing page;
    do {
      page = objects.list(BranchMover.KIND, "", after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        if (!stored.key().name().startsWith(prefix)) {
          return movers;
        }
        after = new ListRequest.Place("", stored.key().name());
        ApiObject mover = objects.read(BranchMover.KIND, stored);
        movers.put(mover.text("user"), ObjectId.of(mover.text("commit")));
      }
      if (movers.size() > MOST) {
        throw new IllegalStateException(branch + " was moved by more than " + MOST + " users");
      }
    } while (page.more());
    return movers;
  }

  /** The commit that the user last moved the branch to. */
  public Optional<ObjectId> last(Uid repository, String branch, String user) {
    return objects
        .get(BranchMover.KIND, "", name(repository, branch, user))
        .map(mover -> ObjectId.of(mover.text("commit")));
  }

  /**
   * Adds to a plan that who moved branches of one repository moved them in its fork, too.
   *
   * @param after where the part that was added last ended; null to begin
   * @return where this part ends; empty if there is no more
   */
  public Optional<ListRequest.Place> inherit(
      Plan plan, Uid parent, Uid fork, ListRequest.@Nullable Place after) {
    String prefix = parent + ".";
    ListRequest.Place from = after == null ? new ListRequest.Place("", prefix) : after;
    Listing page = objects.list(BranchMover.KIND, "", from, PAGE, null);
    for (StoredObject stored : page.objects()) {
      if (!stored.key().name().startsWith(prefix)) {
        return Optional.empty();
      }
      from = new ListRequest.Place("", stored.key().name());
      ApiObject mover = objects.read(BranchMover.KIND, stored);
      write(
          plan,
          fork + "." + stored.key().name().substring(prefix.length()),
          mover.text("user"),
          mover.text("commit"));
    }
    return page.more() ? Optional.of(from) : Optional.empty();
  }

  /**
   * Whether the user moved the branch since the merge base: he did, unless what he last moved it to
   * was the merge base already, or came before it.
   *
   * @param mergeBase null if there is none, and then every move counts
   */
  public boolean moved(
      GitBackend git, Uid repository, String branch, String user, @Nullable ObjectId mergeBase) {
    return moved(git, repository, repository, branch, user, mergeBase);
  }

  /**
   * The same for a branch of another repository.
   *
   * @param home of the branch
   * @param repository where the merge base is: a commit that is not there came after it
   */
  public boolean moved(
      GitBackend git,
      Uid home,
      Uid repository,
      String branch,
      String user,
      @Nullable ObjectId mergeBase) {
    return last(home, branch, user)
        .filter(last -> mergeBase == null || !git.contains(repository, mergeBase, last))
        .isPresent();
  }

  /** Adds to a plan that its actor moves the branch to the commit. */
  public void note(Plan plan, Uid repository, String branch, ObjectId commit) {
    write(plan, name(repository, branch, plan.actor()), plan.actor(), commit.hex());
  }

  private void write(Plan plan, String name, String user, String commit) {
    Optional<ApiObject> known = objects.get(BranchMover.KIND, "", name);
    ApiObject moved = known.orElseGet(() -> empty(name, user)).withText(commit, "commit");
    if (!known.equals(Optional.of(moved))) {
      plan.add(
          new Step.Write(
              BranchMover.KIND,
              known.orElse(null),
              moved,
              Template.of(name),
              List.of(Plan.resourceVersion(plan.steps().size()))));
    }
  }

  private static ApiObject empty(String name, String user) {
    return new ApiObject(
        Json.object()
            .add("apiVersion", BranchMover.KIND.apiVersion())
            .add("kind", BranchMover.KIND.name())
            .add("metadata", Json.object().add("name", name))
            .add("user", user)
            .build());
  }

  private static String name(Uid repository, String branch, String user) {
    return SourceBranch.name(repository, branch) + "." + SourceBranch.digest(user);
  }
}
