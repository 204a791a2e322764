package ai.a5c.krate.server;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.spi.git.GitService;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Git's smart HTTP protocol (gitprotocol-http) for {@code /<organization>/<repository>.git}. */
final class GitHandler {
  private static final Pattern PATH =
      Pattern.compile("/([A-Za-z0-9._-]{1,253})/([A-Za-z0-9._-]{1,253})\\.git/(.+)");

  private static final Headers PLAIN =
      Headers.of("Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-cache");

  private final GitEntrance entrance;

  GitHandler(GitEntrance entrance) {
    this.entrance = entrance;
  }

  /** Whether a path belongs to Git; the API's own prefixes are no organizations. */
  static boolean owns(String path) {
    return PATH.matcher(path).matches()
        && !path.startsWith("/api/")
        && !path.startsWith("/apis/")
        && !path.startsWith("/openapi/");
  }

  void handle(Exchange exchange) throws IOException {
    Matcher path = PATH.matcher(exchange.path());
    if (!path.matches()) {
      throw new IllegalStateException("not a path of Git: " + exchange.path());
    }
    String rest = path.group(3);
    boolean advertise = rest.equals("info/refs");
    Optional<GitService> service =
        advertise ? advertised(exchange.query()) : GitService.parse(rest);
    if (service.isEmpty()) {
      refuse(
          exchange,
          advertise ? 403 : 404,
          advertise
              ? "Only Git's smart protocol is spoken here: please use a newer Git."
              : "There is nothing here.");
      return;
    }
    if (!exchange.method().equals(advertise ? "GET" : "POST")) {
      refuse(exchange, 405, "The method " + exchange.method() + " means nothing here.");
      return;
    }
    if (!advertise && !sentAs(exchange, "application/x-" + rest + "-request")) {
      refuse(exchange, 415, "The body must be application/x-" + rest + "-request.");
      return;
    }
    var request =
        new GitRequest(
            exchange.subject(),
            exchange.remoteAddress(),
            exchange.headers(),
            path.group(1),
            path.group(2),
            service.get());
    switch (entrance.open(request)) {
      case GitAnswer.Open(GitSession session) -> serve(exchange, session, service.get(), advertise);
      case GitAnswer.Unauthorized(String message) ->
          refuse(
              exchange,
              401,
              PLAIN.with("WWW-Authenticate", "Basic realm=\"Krate\", charset=\"UTF-8\""),
              message);
      case GitAnswer.NotFound() -> refuse(exchange, 404, "There is no such repository.");
      case GitAnswer.Forbidden(String message) -> refuse(exchange, 403, message);
      case GitAnswer.Unavailable(String message, var after) ->
          refuse(
              exchange,
              503,
              PLAIN.with("Retry-After", Long.toString(Math.max(1, after.toSeconds()))),
              message);
    }
  }

  private static Optional<GitService> advertised(String query) {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith("service=")) {
        return GitService.parse(pair.substring("service=".length()));
      }
    }
    return Optional.empty();
  }

  private static boolean sentAs(Exchange exchange, String mediaType) {
    return exchange
        .request()
        .headers()
        .first(HeaderNames.CONTENT_TYPE)
        .filter(type -> type.equals(mediaType))
        .isPresent();
  }

  private static void serve(
      Exchange exchange, GitSession session, GitService service, boolean advertise)
      throws IOException {
    String kind = advertise ? "-advertisement" : "-result";
    Headers headers =
        Headers.of("Content-Type", "application/x-" + service.wireName() + kind)
            .with("Cache-Control", "no-cache, max-age=0, must-revalidate")
            .with("Pragma", "no-cache")
            .with("Expires", "Fri, 01 Jan 1980 00:00:00 GMT");
    exchange.head(200, headers);
    @Nullable String protocol = exchange.headers().first("git-protocol").orElse(null);
    var out = new ClientOutput(exchange.response());
    if (advertise) {
      session.advertise(protocol, out);
    } else {
      InputStream in = exchange.body();
      if (service == GitService.UPLOAD_PACK) {
        session.fetch(protocol, in, out);
      } else {
        session.push(protocol, in, out);
      }
    }
    out.close();
  }

  private static void refuse(Exchange exchange, int status, String line) {
    refuse(exchange, status, PLAIN, line);
  }

  private static void refuse(Exchange exchange, int status, Headers headers, String line) {
    exchange.send(status, headers, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
