package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Conditions;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps in the life of a Job that this room takes, each on the object as it is by then. */
final class JobStatus {
  private static final String SUCCEEDED = "Succeeded";

  private JobStatus() {}

  /**
   * How an attempt ended.
   *
   * @param exitCode null if the step did not end by itself
   * @param reason one word, for the condition
   * @param message for people
   * @param signature of a failure; otherwise empty
   */
  record End(
      Job.Result result,
      @Nullable Integer exitCode,
      String reason,
      String message,
      String signature,
      long logBytes) {
    static End lost(String why) {
      return new End(Job.Result.LOST, null, "RunnerLost", why, "", 0);
    }

    static End canceled() {
      return new End(Job.Result.CANCELED, null, "Canceled", "", "", 0);
    }

    /** The same, with a log of that many bytes. */
    End with(long bytes) {
      return new End(result, exitCode, reason, message, signature, bytes);
    }
  }

  static Job of(ApiObject object) {
    return RecordCodec.read(Job.class, object.json());
  }

  /** A queued Job with a further attempt, which the runner has. */
  static ApiObject claimed(ApiObject job, String runner, Instant now) {
    JsonValue before = job.at("status", "attempts").orElse(JsonValue.EMPTY_JSON_ARRAY);
    List<JsonValue> attempts = new ArrayList<>((JsonArray) before);
    attempts.add(
        RecordCodec.write(new Job.Attempt(attempts.size() + 1, runner, now, null, null, null)));
    JsonObject status =
        Json.object(job.status())
            .add("phase", "Running")
            .add("attempts", JsonTree.array(attempts))
            .add("runner", runner)
            .add("startTime", ApiObject.seconds(now))
            .remove("completionTime")
            .remove("exitCode")
            .remove("failureSignature")
            .remove("logBytes")
            .build();
    return Conditions.unknown(job.with(status, "status"), SUCCEEDED, "Running", "", now);
  }

  /** A running Job whose attempt has ended: finished, or queued again if the runner was lost. */
  static ApiObject ended(ApiObject job, End end, Instant now) {
    Job read = of(job);
    List<Job.Attempt> attempts = new ArrayList<>(read.status().attempts());
    Job.Attempt last = attempts.removeLast();
    attempts.add(
        new Job.Attempt(
            last.number(), last.runner(), last.startTime(), now, end.result(), end.exitCode()));
    ApiObject counted =
        withAttempts(job, attempts).with(Json.number(end.logBytes()), "status", "logBytes");
    if (end.result() == Job.Result.LOST && attempts.size() < read.spec().maxAttempts()) {
      return queued(counted, "RunnerLost", end.message(), now);
    }
    ApiObject ended = counted.withText(ApiObject.seconds(now), "status", "completionTime");
    if (end.exitCode() != null) {
      ended = ended.with(Json.number(end.exitCode()), "status", "exitCode");
    }
    if (!end.signature().isEmpty()) {
      ended = ended.withText(end.signature(), "status", "failureSignature");
    }
    return switch (end.result()) {
      case SUCCEEDED ->
          Conditions.set(phase(ended, SUCCEEDED), SUCCEEDED, true, SUCCEEDED, "", now);
      case FAILED, LOST ->
          Conditions.set(
              phase(ended, "Failed"), SUCCEEDED, false, end.reason(), end.message(), now);
      case CANCELED ->
          Conditions.set(
              phase(ended, "Canceled"), SUCCEEDED, false, end.reason(), end.message(), now);
    };
  }

  /** A Job that waits for a runner from now on. */
  static ApiObject queued(ApiObject job, String reason, String message, Instant now) {
    return Conditions.unknown(
        phase(job, "Queued").withText(ApiObject.seconds(now), "status", "queueTime"),
        SUCCEEDED,
        reason,
        message,
        now);
  }

  /** A Job that cannot run until somebody changes something. */
  static ApiObject blocked(ApiObject job, String reason, String message, Instant now) {
    return Conditions.unknown(phase(job, "Blocked"), SUCCEEDED, reason, message, now);
  }

  /** Whether the runner has this attempt of the Job and it has not ended. */
  static boolean has(ApiObject job, String runner, int attempt) {
    JobEntry now = JobEntry.of(job);
    return now.phase() == Job.Phase.RUNNING
        && now.runner().equals(runner)
        && now.attempts() == attempt;
  }

  /** The reason that the condition gives, or empty text. */
  static String reason(ApiObject job) {
    return condition(job, "reason");
  }

  static String message(ApiObject job) {
    return condition(job, "message");
  }

  private static String condition(ApiObject job, String member) {
    JsonValue all = job.at("status", "conditions").orElse(JsonValue.EMPTY_JSON_ARRAY);
    for (JsonObject condition : ((JsonArray) all).getValuesAs(JsonObject.class)) {
      if (condition.getString("type", "").equals(SUCCEEDED)) {
        return condition.getString(member, "");
      }
    }
    return "";
  }

  private static ApiObject phase(ApiObject job, String phase) {
    return job.withText(phase, "status", "phase");
  }

  private static ApiObject withAttempts(ApiObject job, List<Job.Attempt> attempts) {
    return job.with(
        JsonTree.array(attempts.stream().map(RecordCodec::write).toList()), "status", "attempts");
  }
}
