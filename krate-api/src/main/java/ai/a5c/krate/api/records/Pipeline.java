package ai.a5c.krate.api.records;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One run of a workflow on a commit. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Pipeline",
    plural = "pipelines",
    shortNames = {"pl", "kpl"},
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("A Pipeline is one run of a workflow file on a commit.")
public record Pipeline(
    @Description("What is wanted of the pipeline.") @NotNull Spec spec,
    @Description("What is known of the pipeline.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("The repository, by name.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 63)
          @Column(value = "REPOSITORY", order = 70, wide = true)
          String repository,
      @Description("The full name of the ref whose code runs, such as refs/heads/main.")
          @NotBlank
          @Immutable
          @Size(max = 1024)
          @Column(value = "REF", order = 20)
          String ref,
      @Description("The commit that runs; the one that the ref is at if empty.")
          @Immutable
          @Pattern(regexp = "[0-9a-f]{40}|[0-9a-f]{64}")
          @Column(value = "COMMIT", order = 30, first = 12)
          @Nullable String commit,
      @Description("The path of the workflow file in the commit.")
          @NotBlank
          @Immutable
          @Size(max = 1024)
          String workflow,
      @Description("The PullRequest that it runs for, by name.")
          @Immutable
          @Selectable
          @Size(max = 253)
          String pullRequest,
      @Description(
              "The RunnerPool, by name; if empty the first of the right tier that takes the"
                  + " repository.")
          @Immutable
          @Size(max = 253)
          String pool,
      @Description("The parameters of the workflow, by name.") @Immutable @Size(max = 64)
          Map<@Size(min = 1, max = 128) String, @Size(max = 4096) String> parameters,
      @Description("The Pipeline that it runs again, by name, on the same code.")
          @Immutable
          @Selectable
          @Size(max = 253)
          String rerunOf,
      @Description(
              "The step to resume from: it and those after it run on the workspace that the"
                  + " pipeline named by rerunOf had before it.")
          @Immutable
          @Size(max = 63)
          String resumeFrom,
      @Description("Set to true to end it now.") @Default("false") boolean canceled) {
    public Spec {
      parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }
  }

  /** What is known. */
  public record Status(
      @Description("The uid of the repository: another one of the same name is not meant.")
          @ServerOwned
          @Size(max = 36)
          String repositoryUid,
      @Description("How far its code is trusted; the server alone derives it.")
          @ServerOwned
          @Selectable
          @Column(value = "TIER", order = 40)
          @Nullable TrustTier trustTier,
      @Description("Why its code is trusted so far.") @ServerOwned @Size(max = 1024)
          String tierReason,
      @Description("The name of the check that it reports.")
          @Size(max = 253)
          @Column(value = "CHECK", order = 10)
          String name,
      @Description("The SHA-256 digest of the workflow file, as sha256:<hex>.") @Size(max = 71)
          String workflowDigest,
      @Description("How far it is.") @Selectable @Column(value = "PHASE", order = 50)
          @Nullable Phase phase,
      @Description("Who started it, by the event or the request that it runs for.") @ServerOwned
          @Nullable Author actor,
      @Description("Who made the object.") @ServerOwned @Nullable Author author,
      @Description("When its first job began to wait for a runner.") @Nullable Instant queueTime,
      @Description("When its first job began to run.")
          @Column(value = "DURATION", order = 60, until = "status.completionTime")
          @Nullable Instant startTime,
      @Description("When it ended.") @Nullable Instant completionTime,
      @Description("The step that made it fail.") @Nullable Failure failure,
      @Description("How its jobs are.") @Nullable JobCount jobs,
      @Description(
              "Whether it ended well (Succeeded); as long as that is Unknown or False the message"
                  + " says why.")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** The life of a pipeline. */
  public enum Phase {
    /** Its jobs are not made yet. */
    PENDING,
    /** It waits for something that somebody has to do: no pool takes it, or an approval. */
    BLOCKED,
    /** A job waits for a runner. */
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELED;

    /** Whether nothing follows. */
    public boolean isFinished() {
      return this == SUCCEEDED || this == FAILED || this == CANCELED;
    }
  }

  /** The step that made it fail. */
  public record Failure(
      @Description("The Job, by name.") @Size(max = 253) String job,
      @Description("The exit code of the step, absent if it did not exit by itself.")
          @Nullable Integer exitCode,
      @Description("What failures of the same kind have in common.") @Size(max = 63)
          String signature) {}

  /** How the jobs are. */
  public record JobCount(
      @Description("How many there are.") @Default("0") @Min(0) int total,
      @Description("How many succeeded.") @Default("0") @Min(0) int succeeded,
      @Description("How many failed.") @Default("0") @Min(0) int failed) {}
}
