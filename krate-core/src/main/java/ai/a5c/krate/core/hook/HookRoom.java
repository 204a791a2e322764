package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.forge.RightOfWay;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.core.forge.SharedWrites;
import ai.a5c.krate.spi.git.GitBackend;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The room of webhooks, as the facade wires it: its kinds for the hall, its rights, and what it
 * does while the server runs.
 */
public final class HookRoom implements Room {
  /** Who the room is on the road. */
  public static final String SUBJECT = Grants.PREFIX + "hooks";

  /** Nobody waits for a delivery to be stored, and each transaction costs as much as a few do. */
  private static final Duration LINGER = Duration.ofMillis(5);

  private final HookKinds kinds;
  private final Objects objects;
  private final GitBackend git;
  private final Settings settings;
  private final RightOfWay way;
  private volatile @Nullable Dispatcher running;

  /**
   * How webhooks are sent.
   *
   * @param allowPrivateTargets whether they may go to loopback, private and the server's own
   *     addresses
   * @param mostRequests how many requests are under way at once to receivers that are not known to
   *     be dead or slow, at least 1
   * @param mostSlowRequests how many to the others, at least 1
   * @param mostRequestsPerEndpoint of these to one scheme, host and port, at least 1
   */
  public record Settings(
      boolean allowPrivateTargets,
      int mostRequests,
      int mostSlowRequests,
      int mostRequestsPerEndpoint) {
    public Settings {
      if (mostRequests < 1 || mostSlowRequests < 1 || mostRequestsPerEndpoint < 1) {
        throw new IllegalArgumentException(
            "too few requests: "
                + mostRequests
                + ", "
                + mostSlowRequests
                + " slow ones, per endpoint "
                + mostRequestsPerEndpoint);
      }
    }

    /** 256 requests at once and 1,024 slow ones, 8 of them to one endpoint. */
    public static Settings of(boolean allowPrivateTargets) {
      return new Settings(allowPrivateTargets, 256, 1_024, 8);
    }
  }

  /** Webhooks while they are sent. */
  public interface Running extends AutoCloseable {
    /** Breaks off what is under way, and waits for its threads; the next start goes on. */
    @Override
    void close();
  }

  /**
   * A room that does nothing yet.
   *
   * @param kinds those of the forge
   * @param git says what was pushed
   * @param way which deliveries make, since nobody waits for them
   */
  public HookRoom(Kinds kinds, Objects objects, GitBackend git, Settings settings, RightOfWay way) {
    this.kinds = HookKinds.of(kinds);
    this.objects = objects;
    this.git = git;
    this.settings = settings;
    this.way = way;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        kinds.subscription(),
        new SubscriptionStrategy(kinds.repository().resource()),
        kinds.delivery(),
        new DeliveryStrategy(kinds, new Asked(kinds, objects), this::asked));
  }

  private int asked(ObjectName subscription) {
    Dispatcher dispatcher = running;
    return dispatcher == null ? 0 : dispatcher.asked(subscription);
  }

  @Override
  public Map<String, List<Grants.Rule>> grants() {
    Stream<Grants.Rule> reads =
        Stream.of(
                kinds.subscription(),
                kinds.delivery(),
                kinds.repository(),
                kinds.pullRequest(),
                kinds.issue(),
                kinds.namespace(),
                kinds.secret())
            .map(Kind::resource)
            .map(resource -> Grants.Rule.of(resource, "get", "list", "watch"));
    GroupResource deliveries = kinds.delivery().resource();
    Stream<Grants.Rule> writes =
        Stream.of(
            Grants.Rule.of(deliveries, "create"),
            Grants.Rule.ofStatus(deliveries),
            Grants.Rule.within(
                kinds.repository().resource(),
                kinds.delivery().plural(),
                "get",
                "create",
                "update"),
            Grants.Rule.ofStatus(kinds.subscription().resource()));
    return Map.of(SUBJECT, Stream.concat(reads, writes).toList());
  }

  /** Begins to make and send deliveries, where the last run ended. */
  @Override
  public List<AutoCloseable> start(ApiServer server) {
    return List.of(start(server, InetAddress::getAllByName));
  }

  Running start(ApiServer server, GuardedResolver.Lookup lookup) {
    Environment environment = server.environment();
    Client client = server.client(Subject.of(SUBJECT));
    var guard = new TargetGuard(settings.allowPrivateTargets());
    var sender =
        new Sender(
            guard,
            new GuardedResolver(guard, lookup),
            settings.mostRequests() + settings.mostSlowRequests(),
            settings.mostRequestsPerEndpoint(),
            environment.clock(),
            environment.nanos());
    var keys = new SigningKeys(client, kinds);
    var gates =
        new Gates(
            settings.mostRequests(),
            settings.mostSlowRequests(),
            settings.mostRequestsPerEndpoint());
    var courier = new Courier(keys, sender, gates, way, environment.clock());
    var desk = new Desk(client, server.objects(), kinds);
    var unstored = new Unstored();
    var writes = new SharedWrites("hook-writes", client, LINGER);
    var writer = new DeliveryWriter(writes, kinds, desk, unstored);
    var statuses = new SubscriptionStatuses(writes, kinds, keys, environment);
    var post = new Post(desk, writer, courier, statuses::touch, environment);
    var dispatcher = new Dispatcher(desk, writer, post, statuses::touch, environment);
    var pushes = new PushData(kinds, objects, git);
    var source =
        new EventSource(kinds, server, pushes, unstored, desk, keys, dispatcher, statuses, way);
    running = dispatcher;
    statuses.start(dispatcher::stats);
    source.start();
    return () -> {
      source.stop();
      dispatcher.stop();
      sender.close();
      dispatcher.close();
      writer.close();
      source.close();
      statuses.close();
      writes.close();
    };
  }
}
