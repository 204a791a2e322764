package ai.a5c.krate.core.push;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.audit.ShellText;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authorized;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Errand;
import ai.a5c.krate.apiserver.request.Received;
import ai.a5c.krate.apiserver.request.Road;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.token.Audience;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where Git clients knock: fetching asks for the right to {@code get}, pushing for the right to
 * {@code update} {@code repositories/git}. May be used from many threads at once.
 */
public final class GitDoor {
  private static final Logger LOG = System.getLogger(GitDoor.class.getName());

  private final Objects objects;
  private final Repositories repositories;
  private final Road road;
  private final Environment environment;
  private final GitBackend git;
  private final List<PushPolicy> policies;
  private final Supplier<Optional<URI>> address;
  private final RightOfWay way;

  /**
   * The door.
   *
   * @param address where the server is reached, for the audit trail's commands
   * @param way which pushes have, since somebody waits for them
   */
  public GitDoor(
      ApiServer server,
      GitBackend git,
      List<PushPolicy> policies,
      Supplier<Optional<URI>> address,
      RightOfWay way) {
    this.objects = server.objects();
    this.repositories = new Repositories(objects);
    this.road = server.road();
    this.environment = server.environment();
    this.git = git;
    this.policies = List.copyOf(policies);
    this.address = address;
    this.way = way;
  }

  /** What a client is told. Who may not see a repository learns nothing of it. */
  public sealed interface Answer {
    /** The client may go on. */
    record Open(GitVisit visit) implements Answer {}

    /** Nobody we know is asking, and nobody may see this. */
    record Unauthorized(String message) implements Answer {}

    /**
     * The caller may come in, or it cannot be told; he has to wait.
     *
     * @param message one line for the caller
     */
    record Later(String message) implements Answer {}

    /**
     * The caller may read the repository, and not push to it.
     *
     * @param message one line: the right that is missing, and who gives it
     */
    record Forbidden(String message) implements Answer {}

    /** There is no such repository for this caller. */
    record NotFound() implements Answer {}
  }

  /**
   * Decides whether the caller may use the service of the repository.
   *
   * @param knocking with credentials for Git
   * @param organization name of the organization, from the URL
   * @param repository name of the repository, from the URL, without {@code .git}
   */
  public Answer open(Caller knocking, String organization, String repository, GitService service) {
    try {
      return opened(knocking, organization, repository, service);
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      LOG.log(Level.WARNING, "a Git client has to wait: the store cannot be reached", e);
      return new Answer.Later(GitVisit.NO_STORE);
    }
  }

  private Answer opened(
      Caller knocking, String organization, String repository, GitService service) {
    Caller caller = knocking.at(Audience.GIT);
    String namespace = namespaceOf(organization);
    boolean push = service == GitService.RECEIVE_PACK;
    Received received =
        received(caller, push ? "update" : "get", namespace, organization, repository);
    try {
      if (push) {
        Authorized authorized = road.enter(received);
        return visit(
            namespace,
            repository,
            found ->
                new GitVisit(
                    git, found, gate(authorized, found, address(organization, repository)), way));
      }
      road.look(received);
      return visit(namespace, repository, found -> new GitVisit(git, found, null, way));
    } catch (ApiException e) {
      return switch (e.problem()) {
        case Problem.Unauthorized unauthorized -> new Answer.Unauthorized(unauthorized.message());
        case Problem.Forbidden forbidden when isStranger(caller) ->
            new Answer.Unauthorized("authentication required");
        case Problem.Forbidden forbidden when push && reads(caller, organization, repository) ->
            new Answer.Forbidden(
                forbidden.message()
                    + "; ask an owner of "
                    + organization
                    + " for a RepositoryPermission of Write");
        case Problem.Forbidden forbidden -> new Answer.NotFound();
        default -> throw e;
      };
    }
  }

  private boolean reads(Caller caller, String organization, String repository) {
    return switch (open(caller, organization, repository, GitService.UPLOAD_PACK)) {
      case Answer.Open open -> true;
      case Answer.Later later -> true;
      default -> false;
    };
  }

  /** Whether nobody we know is asking; who is refused even to act as somebody is no stranger. */
  private boolean isStranger(Caller caller) {
    try {
      return road.identify(caller).equals(Subject.ANONYMOUS);
    } catch (ApiException e) {
      return false;
    }
  }

  private Answer visit(String namespace, String name, Function<ApiObject, GitVisit> open) {
    Optional<ApiObject> found =
        namespace.isEmpty() ? Optional.empty() : repositories.find(namespace, name);
    return found
        .map(r -> later(r).orElseGet(() -> new Answer.Open(open.apply(r))))
        .orElseGet(Answer.NotFound::new);
  }

  /** A fork without all that it begins with is neither read nor written. */
  private Optional<Answer> later(ApiObject repository) {
    if (!repositories.awaitsCopy(repository)) {
      return Optional.empty();
    }
    String parent = repository.text("spec", "forkOf");
    return Optional.of(
        new Answer.Later(
            repositories.parent(repository).isPresent()
                ? repository.name() + " is being copied from " + parent + "; try again in a moment"
                : parent + " was deleted before " + repository.name() + " was copied from it"));
  }

  private Gate gate(Authorized authorized, ApiObject repository, String address) {
    return new Gate(road, authorized, repository, policies, environment.nanos(), address);
  }

  private String namespaceOf(String organization) {
    return objects
        .get(ForgeKinds.ORGANIZATION, "", organization)
        .map(found -> found.text("status", "namespace"))
        .orElse("");
  }

  private Received received(
      Caller caller, String verb, String namespace, String organization, String repository) {
    String command =
        verb.equals("update")
            ? "git push " + ShellText.word(address(organization, repository))
            : "";
    Errand errand =
        new Errand(
            verb, ForgeKinds.REPOSITORY.resource(), "git", namespace, repository, false, command);
    return new Received(
        environment.uids().get().toString(), environment.clock().instant(), caller, errand);
  }

  private String address(String organization, String repository) {
    return address.get().map(URI::toString).orElse("")
        + "/"
        + organization
        + "/"
        + repository
        + ".git";
  }
}
