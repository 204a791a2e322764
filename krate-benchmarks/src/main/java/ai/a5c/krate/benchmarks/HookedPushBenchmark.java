package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;

/**
 * What webhooks cost a push: one client pushes to an organization without subscriptions, and to
 * others with many of which some point at a port where nobody listens; two pushes a second, so that
 * the machine has time for the deliveries, and one after the other. Every event has a delivery for
 * each subscription that matches.
 */
final class HookedPushBenchmark implements Benchmark {
  private static final int DEAD_ONE_IN = 10;
  private static final int MATCHING_ONE_IN = 50;
  private static final int PACE = 2;

  /** Even the first pushes of a busy machine fit into this. */
  private static final Duration LEAST = Duration.ofSeconds(3);

  private static final String README = "The web site.\n";
  private static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1/namespaces/";

  @Override
  public String name() {
    return "hooked-pushes";
  }

  @Override
  public String about() {
    return "pushes to an organization with many webhook subscriptions, some of them dead";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path data = lab.fresh("hooked");
    int many = 10 * lab.scale().branches();
    try (var server = ServerProcess.serve(data, "--webhook-allow-private-targets");
        var api = new ApiClient(server.url(), data);
        var receiver = new HookReceiver()) {
      var none = new Target(api, "none", lab.scale());
      var few = new Target(api, "few", lab.scale());
      var all = new Target(api, "all", lab.scale());
      few.subscribe(receiver, many, MATCHING_ONE_IN);
      all.subscribe(receiver, many, 1);
      // What is measured first would otherwise pay for what the compilers do for all of them.
      for (Target target : List.of(none, few, all)) {
        Sample unused = target.pushes(0);
        receiver.awaitQuiet();
      }
      var rows = new ArrayList<Row>();
      for (int pace : new int[] {PACE, 0}) {
        rows.add(row(few, pace, many, many / MATCHING_ONE_IN, receiver, none));
        rows.add(row(all, pace, many, many, receiver, none));
      }
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("pushing: " + e.getMessage(), e);
    }
  }

  private static Row row(
      Target target, int pace, int many, int matching, HookReceiver receiver, Target none)
      throws InterruptedException {
    Sample plain = none.pushes(pace);
    long before = receiver.received();
    Sample hooked = target.pushes(pace);
    long delivered = receiver.received() - before;
    receiver.awaitQuiet();
    return new Row(
        "push, 1 client, %s, %d subscriptions of which %d match and one in %d is dead"
            .formatted(
                pace == 0 ? "one after the other" : pace + " a second",
                many,
                matching,
                DEAD_ONE_IN),
        hooked.text() + ", " + delivered + " deliveries arrived meanwhile",
        "no subscription: " + plain.text(),
        Numbers.percent((double) plain.quantile(0.5), (double) hooked.quantile(0.5)));
  }

  /** A repository in an organization of its own. */
  private static final class Target {
    private final ApiClient api;
    private final Scale scale;
    private final String namespace;
    private final GitClient client;
    private final ObjectId main;

    Target(ApiClient api, String organization, Scale scale)
        throws IOException, InterruptedException {
      this.api = api;
      this.scale = scale;
      this.namespace = api.organization(organization);
      api.repository(namespace, "web");
      this.client = new GitClient(api.http(), api.uri("/" + organization + "/web.git"));
      var builder = new PackBuilder();
      this.main = builder.root(README);
      client.push(Map.of("main", main), builder.pack());
    }

    /** Makes subscriptions of which one in so many wants what is pushed. */
    void subscribe(HookReceiver receiver, int many, int matching)
        throws IOException, InterruptedException {
      String unused =
          api.create(
              "/api/v1/namespaces/" + namespace + "/secrets",
              """
              {"apiVersion":"v1","kind":"Secret","metadata":{"name":"signing"},\
              "data":{"key":"YSBzZWNyZXQgb2YgYSBiZW5jaG1hcms="}}""");
      int made =
          Load.upTo(
              many,
              scale.clients(),
              Duration.ofMinutes(2),
              (thread, number) -> {
                String ignored =
                    api.create(
                        CONFIG + namespace + "/webhooksubscriptions",
                        """
                        {"apiVersion":"config.krate.a5c.ai/v1alpha1",\
                        "kind":"WebhookSubscription","metadata":{"name":"to-%d"},\
                        "spec":{"url":"%s","events":["push"],"repositories":["%s"],\
                        "secretRefs":[{"name":"signing","key":"key"}]}}"""
                            .formatted(
                                number,
                                number / matching % DEAD_ONE_IN == 0
                                    ? "http://127.0.0.1:9/"
                                    : receiver.url(),
                                number % matching == 0 ? "web" : "other"));
              });
      if (made < many) {
        throw new BenchmarkFailedException("only " + made + " subscriptions were made");
      }
    }

    Sample pushes(int pace) throws InterruptedException {
      Load.Work push =
          (thread, number) -> {
            String name = "p-" + System.nanoTime();
            var builder = new PackBuilder();
            ObjectId commit = builder.child(main, README, name, name + "\n");
            client.push(Map.of(name, commit), builder.pack());
          };
      Duration time = scale.measure().plus(LEAST);
      return pace == 0
          ? Load.closed(1, scale.warmUp(), time, push)
          : Load.paced(1, pace, scale.warmUp(), time.plus(scale.measure().multipliedBy(2)), push);
    }
  }
}
