package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Pushes over smart HTTP as Git does: asks for the refs, then sends the commands and the pack. It
 * is safe for many threads.
 */
final class GitClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int LENGTH = 4;

  private final HttpClient http;
  private final URI repository;

  /**
   * @param repository the repository's URL, without a slash at the end
   */
  GitClient(HttpClient http, URI repository) {
    this.http = http;
    this.repository = repository;
  }

  /** Creates branches at commits that the pack brings; all must be accepted. */
  void push(Map<String, ObjectId> branches, Bytes pack) throws IOException, InterruptedException {
    advertisement();
    HttpResponse<String> response =
        http.send(
            request("/git-receive-pack")
                .header("Content-Type", "application/x-git-receive-pack-request")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArrays(
                        List.of(commands(branches), pack.toArray())))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String report = response.body();
    for (String branch : branches.keySet()) {
      if (response.statusCode() != 200 || !report.contains("ok refs/heads/" + branch + "\n")) {
        throw new BenchmarkFailedException(
            "a push was answered " + response.statusCode() + ": " + report);
      }
    }
  }

  /** Reads all that a client of a push is told about the refs. */
  private void advertisement() throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            request("/info/refs?service=git-receive-pack").GET().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new BenchmarkFailedException("the refs were answered " + response.statusCode());
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(repository + path)).timeout(TIMEOUT);
  }

  private static byte[] commands(Map<String, ObjectId> branches) {
    var out = new ByteArrayOutputStream();
    String capabilities = "\0report-status agent=krate-benchmarks";
    for (Map.Entry<String, ObjectId> branch : new TreeMap<>(branches).entrySet()) {
      String line =
          ObjectId.zeroId().name()
              + " "
              + branch.getValue().name()
              + " refs/heads/"
              + branch.getKey()
              + capabilities;
      capabilities = "";
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      out.writeBytes("%04x".formatted(bytes.length + LENGTH).getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes);
    }
    out.writeBytes("0000".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }
}
