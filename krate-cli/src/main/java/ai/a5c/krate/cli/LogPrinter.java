package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Prints the logs of a job or of all jobs of a pipeline. What breaks off is asked for again from
 * the byte where it broke off. Throws {@link CommandFailedException} where there is nothing to wait
 * for.
 */
final class LogPrinter {
  private static final String RECORDS = "/apis/krate.a5c.ai/v1alpha1/";
  private static final int LONGEST_ANSWER = 64 << 20;
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled", "Skipped");

  /** How long the server may be away. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final ApiEndpoint server;
  private final PrintStream out;
  private final PrintStream err;
  private final Duration pause;
  private OptionalLong brokenSince = OptionalLong.empty();

  /** Whether there ever was an answer: a server that was there is waited for. */
  private boolean reached;

  private boolean midLine;

  /** What was said last of why there is nothing to print. */
  private String told = "";

  /**
   * A printer.
   *
   * @param pause before the server is asked again
   */
  LogPrinter(ApiEndpoint server, PrintStream out, PrintStream err, Duration pause) {
    this.server = server;
    this.out = out;
    this.err = err;
    this.pause = pause;
  }

  /** An object that was found. */
  private record Found(String plural, String namespace, String name) {
    String path() {
      return RECORDS + "namespaces/" + namespace + "/" + plural + "/" + name;
    }
  }

  void print(LogSettings wanted) throws InterruptedException {
    Found found = find(wanted);
    if (found.plural().equals(LogSettings.JOBS)) {
      job(found, wanted);
      return;
    }
    if (wanted.attempt().isPresent() || wanted.sinceBytes() > 0) {
      throw new CommandFailedException(
          "\""
              + wanted.name()
              + "\" is a pipeline, and attempts and bytes are counted for each of its jobs.");
    }
    pipeline(found, wanted.follow());
  }

  private Found find(LogSettings wanted) throws InterruptedException {
    List<Found> all = new ArrayList<>();
    for (String plural :
        wanted.kind().map(List::of).orElse(List.of(LogSettings.PIPELINES, LogSettings.JOBS))) {
      if (wanted.namespace().isPresent()) {
        Found one = new Found(plural, wanted.namespace().get(), wanted.name());
        get(one.path()).ifPresent(object -> all.add(one));
      } else {
        for (JsonObject object :
            items(RECORDS + plural + "?fieldSelector=metadata.name%3D" + wanted.name())) {
          all.add(
              new Found(plural, JsonTree.textAt(object, "metadata", "namespace"), wanted.name()));
        }
      }
    }
    if (all.isEmpty()) {
      throw new CommandFailedException(
          "There is neither a pipeline nor a job \"" + wanted.name() + "\" that you may see.");
    }
    List<String> namespaces = all.stream().map(Found::namespace).distinct().sorted().toList();
    if (namespaces.size() > 1) {
      throw new CommandFailedException(
          "\"" + wanted.name() + "\" is in several namespaces; say which with -n: " + namespaces);
    }
    return all.getFirst();
  }

  /** Jobs may run beside one another; they are printed one after the other all the same. */
  private void pipeline(Found pipeline, boolean follow) throws InterruptedException {
    Set<String> printed = new HashSet<>();
    while (true) {
      // Before its jobs are read: those that it has when it has ended are all of them.
      boolean ended = !follow || isEnded(require(pipeline));
      Optional<JsonObject> next =
          jobs(pipeline).stream()
              .filter(job -> !printed.contains(JsonTree.textAt(job, "metadata", "name")))
              .findFirst();
      if (next.isPresent()) {
        String name = JsonTree.textAt(next.get(), "metadata", "name");
        printed.add(name);
        heading(JsonTree.textAt(next.get(), "spec", "step") + " (job/" + name + ")");
        attempts(new Found(LogSettings.JOBS, pipeline.namespace(), name), follow);
      } else if (ended) {
        if (printed.isEmpty()) {
          tell(pipeline, require(pipeline));
        }
        return;
      } else {
        tellIfBlocked(pipeline, require(pipeline));
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    }
  }

  private List<JsonObject> jobs(Found pipeline) throws InterruptedException {
    List<JsonObject> jobs =
        new ArrayList<>(
            items(
                RECORDS
                    + "namespaces/"
                    + pipeline.namespace()
                    + "/jobs?fieldSelector=spec.pipeline%3D"
                    + pipeline.name()));
    jobs.sort(
        Comparator.<JsonObject>comparingInt(job -> job.getJsonObject("spec").getInt("index", 0))
            .thenComparing(job -> JsonTree.textAt(job, "metadata", "name")));
    return jobs;
  }

  private void job(Found job, LogSettings wanted) throws InterruptedException {
    if (wanted.attempt().isPresent()) {
      attempt(job, wanted.attempt().getAsInt(), wanted.sinceBytes(), wanted.follow());
    } else if (wanted.sinceBytes() > 0 || !wanted.follow()) {
      attempt(job, last(require(job)), wanted.sinceBytes(), wanted.follow());
    } else {
      attempts(job, true);
    }
  }

  /** The last attempt, and those that come after it while it is followed. */
  private void attempts(Found job, boolean follow) throws InterruptedException {
    JsonObject now = require(job);
    int attempt = last(now);
    tellIfBlocked(job, now);
    while (true) {
      attempt(job, attempt, 0, follow);
      if (!follow) {
        return;
      }
      now = require(job);
      while (last(now) <= Math.max(attempt, 1) && !isEnded(now)) {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        now = require(job);
      }
      if (last(now) <= Math.max(attempt, 1)) {
        return;
      }
      attempt = Math.max(attempt, 1) + 1;
      heading("attempt " + attempt + " (job/" + job.name() + ")");
    }
  }

  /**
   * Prints the log of one attempt.
   *
   * @param attempt 0 for the first one, which is still to come
   */
  private void attempt(Found job, int attempt, long since, boolean follow)
      throws InterruptedException {
    long at = since;
    int number = attempt;
    while (true) {
      if (number == 0 && last(require(job)) > 0) {
        number = 1;
      }
      String query =
          "?follow=" + follow + "&sinceBytes=" + at + (number == 0 ? "" : "&attempt=" + number);
      try (ApiResponse response = server.call(get(job.path() + "/log" + query, "text/plain"))) {
        reached = true;
        if (response.status() == 200) {
          at = copied(response.body(), at);
          return;
        }
        refused(response, job.name());
      } catch (Broken e) {
        at = e.at;
        broken(e, "the log of job/" + job.name() + " goes on at byte " + at);
      } catch (UncheckedIOException | IOException e) {
        broken(e, "the log of job/" + job.name() + " goes on at byte " + at);
      }
    }
  }

  /** The connection broke off. */
  private static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;
    private final long at;

    Broken(IOException cause, long at) {
      super(cause);
      this.at = at;
    }
  }

  private long copied(InputStream body, long since) throws Broken {
    long at = since;
    byte[] buffer = new byte[64 << 10];
    while (true) {
      int count;
      try {
        count = body.read(buffer);
      } catch (IOException e) {
        throw new Broken(e, at);
      }
      if (count < 0) {
        return at;
      }
      at += count;
      brokenSince = OptionalLong.empty();
      out.write(buffer, 0, count);
      midLine = buffer[count - 1] != '\n';
      if (out.checkError()) {
        throw new CommandFailedException("the output is closed");
      }
    }
  }

  /** Nothing is printed as long as somebody has to do something: so it is said what. */
  private void tellIfBlocked(Found found, JsonObject object) {
    if (JsonTree.textAt(object, "status", "phase").equals("Blocked")) {
      tell(found, object);
    }
  }

  /** Says on standard error how it is and why, unless that was said last. */
  private void tell(Found found, JsonObject object) {
    String why =
        JsonTree.objectAt(object, "status")
            .getOrDefault("conditions", JsonValue.EMPTY_JSON_ARRAY)
            .asJsonArray()
            .getValuesAs(JsonObject.class)
            .stream()
            .filter(condition -> condition.getString("type", "").equals("Succeeded"))
            .map(condition -> condition.getString("message", ""))
            .findFirst()
            .orElse("");
    String text =
        "krate logs: %s/%s is %s%s"
            .formatted(
                found.plural(),
                found.name(),
                JsonTree.textAt(object, "status", "phase"),
                why.isEmpty() ? "." : ": " + why);
    if (!text.equals(told)) {
      told = text;
      err.println(text);
    }
  }

  private void heading(String text) {
    out.print((midLine ? "\n" : "") + "==> " + text + "\n");
    out.flush();
    midLine = false;
  }

  private static boolean isEnded(JsonObject object) {
    return ENDED.contains(JsonTree.textAt(object, "status", "phase"));
  }

  private static int last(JsonObject job) {
    return JsonTree.objectAt(job, "status")
        .getOrDefault("attempts", JsonValue.EMPTY_JSON_ARRAY)
        .asJsonArray()
        .stream()
        .mapToInt(attempt -> attempt.asJsonObject().getInt("number", 0))
        .max()
        .orElse(0);
  }

  private JsonObject require(Found found) throws InterruptedException {
    return get(found.path())
        .orElseThrow(
            () ->
                new CommandFailedException(
                    "There is no " + found.plural() + "/" + found.name() + " any more."));
  }

  private List<JsonObject> items(String target) throws InterruptedException {
    return get(target)
        .map(list -> list.getJsonArray("items").getValuesAs(JsonObject.class))
        .orElse(List.of());
  }

  /** The document; empty if there is none. */
  private Optional<JsonObject> get(String target) throws InterruptedException {
    while (true) {
      try (ApiResponse response = server.call(get(target, "application/json"))) {
        reached = true;
        if (response.status() == 404) {
          return Optional.empty();
        }
        if (response.status() == 200) {
          byte[] bytes = response.body().readNBytes(LONGEST_ANSWER);
          brokenSince = OptionalLong.empty();
          return Optional.of(Json.parse(Bytes.owning(bytes), LONGEST_ANSWER).object());
        }
        refused(response, target);
      } catch (ApiException e) {
        throw new CommandFailedException("What answers is no Krate server.", e);
      } catch (UncheckedIOException | IOException e) {
        broken(e, "the server is asked again");
      }
    }
  }

  /** Returns if it is worth asking again. */
  private void refused(ApiResponse response, String what) throws IOException, InterruptedException {
    String said;
    try {
      byte[] bytes = response.body().readNBytes(1 << 20);
      said = JsonTree.textAt(Json.parse(Bytes.owning(bytes), 1 << 20).object(), "message");
    } catch (ApiException e) {
      said = "answer " + response.status();
    }
    if (response.status() < 500 && response.status() != 429) {
      throw new CommandFailedException("The server refuses: " + said);
    }
    broken(new IOException(said), what + " is asked for again");
  }

  private void broken(Exception why, String whatNext) throws InterruptedException {
    long now = System.nanoTime();
    boolean first = brokenSince.isEmpty();
    brokenSince = OptionalLong.of(brokenSince.orElse(now));
    if (!reached || now - brokenSince.getAsLong() > LONGEST.toNanos()) {
      throw new CommandFailedException("The server does not answer: " + reason(why), why);
    }
    if (first) {
      err.println("krate logs: the connection broke (" + reason(why) + "); " + whatNext);
    }
    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
  }

  private static String reason(Exception fault) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static ApiRequest get(String target, String accept) {
    return new ApiRequest("GET", target, Headers.of("Accept", accept), Bytes.EMPTY);
  }
}
