package ai.a5c.krate.server;

import ai.a5c.krate.api.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /livez}, {@code /readyz} and {@code /healthz}, as a Kubernetes API server answers them.
 */
final class HealthHandler {
  private static final Headers PLAIN =
      Headers.of(
          "Content-Type", "text/plain; charset=utf-8",
          "Cache-Control", "no-cache, private",
          "X-Content-Type-Options", "nosniff");

  private final List<HealthCheck> checks;

  HealthHandler(List<HealthCheck> checks) {
    List<HealthCheck> all = new ArrayList<>();
    all.add(new HealthCheck("ping", HealthCheck.Kind.LIVE, Optional::empty));
    all.addAll(checks);
    this.checks = List.copyOf(all);
  }

  static boolean owns(String path) {
    return Set.of("livez", "readyz", "healthz").contains(path.substring(1).split("/", -1)[0]);
  }

  void handle(Exchange exchange) {
    String[] parts = exchange.path().substring(1).split("/", -1);
    List<HealthCheck> asked =
        checks.stream()
            .filter(c -> !parts[0].equals("livez") || c.kind() == HealthCheck.Kind.LIVE)
            .filter(c -> parts.length == 1 || c.name().equals(parts[1]))
            .toList();
    if (parts.length > 2 || asked.isEmpty()) {
      send(exchange, 404, "404 page not found\n");
      return;
    }
    Set<String> excluded = excluded(exchange.query());
    var report = new StringBuilder();
    boolean well = true;
    for (HealthCheck check : asked) {
      if (excluded.contains(check.name())) {
        report.append("[+]").append(check.name()).append(" excluded: ok\n");
        continue;
      }
      Optional<String> trouble = trouble(check);
      well &= trouble.isEmpty();
      report
          .append(trouble.isEmpty() ? "[+]" : "[-]")
          .append(check.name())
          .append(trouble.map(why -> " failed: " + why + "\n").orElse(" ok\n"));
    }
    report.append(parts[0]).append(" check ").append(well ? "passed\n" : "failed\n");
    boolean verbose = exchange.query().matches("(.*&)?verbose(=.*|&.*)?");
    send(exchange, well ? 200 : 500, well && !verbose ? "ok" : report.toString());
  }

  private static Optional<String> trouble(HealthCheck check) {
    try {
      return check.trouble().get();
    } catch (RuntimeException e) {
      Connections.LOGGER.log(
          System.Logger.Level.WARNING, "health check " + check.name() + " failed", e);
      return Optional.of("the server's log says why");
    }
  }

  private static Set<String> excluded(String query) {
    Set<String> names = new HashSet<>();
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith("exclude=")) {
        names.add(pair.substring("exclude=".length()));
      }
    }
    return names;
  }

  private static void send(Exchange exchange, int status, String text) {
    exchange.send(status, PLAIN, text.getBytes(StandardCharsets.UTF_8));
  }
}
