package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.authentication.TokenRequest;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.spi.token.IssuedToken;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import javax.net.ssl.SSLException;

/**
 * Asks the server that runs on a data folder for tokens. Every method throws {@link
 * CommandFailedException} with what to do about it.
 */
final class TokenClient implements AutoCloseable {
  private static final String TOKENS = "/apis/" + TokenRequest.GROUP + "/v1alpha1/tokenrequests";
  private static final int LONGEST_ANSWER = 1 << 20;

  private final Path folder;
  private final AdminEndpoint server;

  private TokenClient(Path folder, AdminEndpoint server) {
    this.folder = folder;
    this.server = server;
  }

  /** Reads the address and the credentials of a data folder. */
  static TokenClient open(Path folder) {
    return new TokenClient(folder, endpoint(folder));
  }

  /**
   * The server of a data folder, for any command.
   *
   * @throws CommandFailedException if there is no such thing
   */
  static AdminEndpoint endpoint(Path folder) {
    try {
      return AdminEndpoint.of(folder);
    } catch (NoSuchFileException e) {
      throw new CommandFailedException(
          folder
              + " is no data folder of a server: there is no "
              + Path.of(e.getFile()).getFileName()
              + " in it. Name the right one with "
              + Settings.DATA_DIR.flag()
              + ", or begin with: krate serve",
          e);
    } catch (IOException e) {
      throw new CommandFailedException(
          "The administrator's credentials in " + folder + " cannot be read: " + e, e);
    }
  }

  /** Where clients reach the server. */
  URI url() {
    return server.url();
  }

  /** What clients check the server with, in PEM. */
  String authorityPem() {
    return server.authorityPem();
  }

  /** Asks for a token. */
  IssuedToken token(ClientSettings wanted) {
    JsonObject question =
        Json.object()
            .add("apiVersion", TokenRequest.GROUP + "/v1alpha1")
            .add("kind", "TokenRequest")
            .add(
                "spec",
                Json.object()
                    .add("user", wanted.user())
                    .add("groups", JsonTree.texts(wanted.groups()))
                    .add("use", wanted.use())
                    .add("lifetime", GoDuration.print(wanted.ttl())))
            .build();
    JsonObject answer = post(TOKENS, question);
    String token = JsonTree.textAt(answer, "status", "token");
    String expires = JsonTree.textAt(answer, "status", "expirationTimestamp");
    if (token.isEmpty() || expires.isEmpty()) {
      throw new CommandFailedException("The answer of " + url() + " holds no token.");
    }
    return new IssuedToken(Secret.of(token), Instant.parse(expires));
  }

  private JsonObject post(String path, JsonObject body) {
    String text = Json.write(body).utf8();
    ApiRequest request = ApiRequest.of("POST", path, "application/json", text);
    try (ApiResponse response = server.call(request)) {
      byte[] bytes = response.body().readNBytes(LONGEST_ANSWER);
      JsonObject answer = Json.parse(Bytes.owning(bytes), LONGEST_ANSWER).object();
      if (response.status() / 100 != 2) {
        throw new CommandFailedException(
            "The server refuses: " + JsonTree.textAt(answer, "message"));
      }
      return answer;
    } catch (ApiException e) {
      throw new CommandFailedException("What answers at " + url() + " is no Krate server.", e);
    } catch (UncheckedIOException e) {
      IOException why = e.getCause();
      throw unreachable(why == null ? new IOException(e) : why);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private CommandFailedException unreachable(IOException fault) {
    return unreachable(url(), folder, fault);
  }

  /** What to tell who asks a server that cannot be reached. */
  static CommandFailedException unreachable(URI url, Path folder, IOException fault) {
    if (fault instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
      return new CommandFailedException("interrupted", fault);
    }
    if (fault instanceof SSLException) {
      return new CommandFailedException(
          "What answers at " + url + " is not the server of " + folder + ": " + fault.getMessage(),
          fault);
    }
    if (fault instanceof HttpTimeoutException && !(fault.getCause() instanceof ConnectException)) {
      return new CommandFailedException("The server at " + url + " does not answer.", fault);
    }
    return new CommandFailedException(
        "No server answers at "
            + url
            + ". Start it first: krate serve "
            + Settings.DATA_DIR.flag()
            + " "
            + folder,
        fault);
  }

  @Override
  public void close() {
    server.close();
  }
}
