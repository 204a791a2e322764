package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The same read by turns as an administrator, who is asked nothing further, and as somebody who has
 * a role for one repository among many: within the process, so that the difference is what roles
 * cost.
 */
final class AuthorizationBenchmark implements Benchmark {
  private static final int ROLES = 1_000;
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
  private static final String NAMESPACE = "bench";
  private static final String ISSUE =
      "/apis/krate.a5c.ai/v1alpha1/namespaces/" + NAMESPACE + "/issues/first";

  @Override
  public String name() {
    return "access";
  }

  @Override
  public String about() {
    return "what roles and hidden repositories add to a read; 50 µs at most";
  }

  @Override
  public List<Row> run(Lab lab) {
    Path folder = lab.fresh("access");
    try (var database = PeerDatabase.database(folder.resolve("database"));
        var storage = PostgresStorage.open(database, Krate.recordGroups(), InstantSource.system());
        var git = new JGitBackend(folder.resolve("repositories"), storage.records());
        var krate = Krate.builder(storage, git, LocalKeys.open(folder.resolve("keys"))).build()) {
      prepare(krate);
      return measure(krate, lab.scale());
    }
  }

  private static List<Row> measure(Krate krate, Scale scale) {
    ApiEndpoint root = krate.endpoint(Subject.of("root", Subject.MASTERS));
    ApiEndpoint person = krate.endpoint(Subject.of("person", "readers", "writers", "everybody"));
    List<Long> without = new ArrayList<>();
    List<Long> with = new ArrayList<>();
    long begin = System.nanoTime() + scale.warmUp().toNanos();
    Duration time = scale.measure();
    long end = begin + time.toNanos();
    for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
      long first = read(root);
      long second = read(person);
      if (now - begin >= 0) {
        without.add(first);
        with.add(second);
      }
    }
    Sample administrator = sample(without, time);
    Sample reader = sample(with, time);
    long[] differences =
        IntStream.range(0, with.size())
            .mapToLong(i -> with.get(i) - without.get(i))
            .sorted()
            .toArray();
    long median = differences.length == 0 ? 0 : differences[differences.length / 2];
    return List.of(
        new Row(
            "read an issue in the process, " + ROLES + " roles for as many repositories",
            "**" + reader.latencies() + "**",
            "as an administrator, by turns: " + administrator.latencies(),
            "median difference " + (median < 0 ? "-" : "+") + Math.abs(median) / 1_000 + " µs"));
  }

  private static Sample sample(List<Long> latencies, Duration time) {
    return Sample.of(latencies.stream().mapToLong(Long::longValue), time.toNanos());
  }

  private static long read(ApiEndpoint endpoint) {
    long begin = System.nanoTime();
    try (ApiResponse response = endpoint.call(ApiRequest.get(ISSUE))) {
      if (response.status() != 200) {
        throw new BenchmarkFailedException("an issue was answered with " + response.status());
      }
    }
    return System.nanoTime() - begin;
  }

  /** A repository with an issue, and a role of its own for each of many repositories. */
  private static void prepare(Krate krate) {
    ApiEndpoint root = krate.endpoint(Subject.of("root", Subject.MASTERS));
    create(
        root,
        "/api/v1/namespaces",
        """
        {"apiVersion":"v1","kind":"Namespace",\
        "metadata":{"name":"bench","labels":{"krate.a5c.ai/organization":"bench"}}}\
        """);
    create(
        root,
        "/apis/config.krate.a5c.ai/v1alpha1/namespaces/bench/repositories",
        """
        {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",\
        "metadata":{"name":"repository-0"},"spec":{}}\
        """);
    create(
        root,
        "/apis/krate.a5c.ai/v1alpha1/namespaces/bench/issues",
        """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"name":"first"},\
        "spec":{"repository":"repository-0","title":"Something to read"}}\
        """);
    for (int i = 0; i < ROLES; i++) {
      create(root, RBAC + "/namespaces/bench/roles", role(i));
      create(root, RBAC + "/namespaces/bench/rolebindings", binding(i));
    }
  }

  private static String role(int number) {
    return """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"role-%1$d"},\
        "rules":[{"verbs":["get","list"],"apiGroups":["krate.a5c.ai"],"resources":["issues"]},\
        {"verbs":["get","list"],"apiGroups":["config.krate.a5c.ai"],\
        "resources":["repositories/issues"],"resourceNames":["repository-%1$d"]}]}\
        """
        .formatted(number);
  }

  /** The person has the first role, and a tenth of the others by a group. */
  private static String binding(int number) {
    String subject =
        number == 0
            ? "{\"kind\":\"User\",\"name\":\"person\",\"apiGroup\":\"rbac.authorization.k8s.io\"}"
            : "{\"kind\":\"Group\",\"name\":\""
                + (number % 10 == 0 ? "readers" : "others")
                + "\",\"apiGroup\":\"rbac.authorization.k8s.io\"}";
    return """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding",\
        "metadata":{"name":"binding-%1$d"},"subjects":[%2$s],\
        "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"role-%1$d"}}\
        """
        .formatted(number, subject);
  }

  private static void create(ApiEndpoint endpoint, String collection, String document) {
    try (ApiResponse response =
        endpoint.call(ApiRequest.of("POST", collection, "application/json", document))) {
      if (response.status() != 201) {
        throw new BenchmarkFailedException(collection + " was answered with " + response.status());
      }
    }
  }
}
