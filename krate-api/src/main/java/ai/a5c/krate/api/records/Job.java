package ai.a5c.krate.api.records;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a pipeline on one runner; the server makes it. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Job",
    plural = "jobs",
    shortNames = {"kjob"},
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description(
    "A Job is one step of a pipeline on one runner; the server alone makes and changes it.")
public record Job(
    @Description("What runs.") @NotNull Spec spec,
    @Description("What is known of the job.") Status status) {

  /** What runs. */
  public record Spec(
      @Description("The Pipeline, by name.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 253)
          @Column(value = "PIPELINE", order = 10)
          String pipeline,
      @Description("The name of the step.")
          @NotBlank
          @Immutable
          @Size(max = 63)
          @Column(value = "STEP", order = 20)
          String step,
      @Description("The place of the step in the workflow file, from 0.")
          @Immutable
          @Default("0")
          @Min(0)
          @Max(255)
          int index,
      @Description("The RunnerPool whose runners take it; empty while there is none.")
          @Size(max = 253)
          String pool,
      @Description("What is run: by the interpreter of its first line, or /bin/sh.")
          @NotNull
          @Immutable
          @Size(min = 1, max = 65_536)
          String script,
      @Description("The variables of its environment.") @Immutable @Size(max = 256)
          List<EnvVar> env,
      @Description("The folder that it runs in, below the workspace.") @Immutable @Size(max = 1024)
          String workingDirectory,
      @Description("The steps that have to end well before.")
          @Immutable
          @SetOfValues
          @Size(max = 256)
          List<@Size(min = 1, max = 63) String> needs,
      @Description("The Secrets that it asks for, by name.") @Immutable @SetOfValues @Size(max = 64)
          List<@Size(min = 1, max = 253) String> secrets,
      @Description("Whether the pipeline goes on if it fails.") @Immutable @Default("false")
          boolean continueOnError,
      @Description("How long one attempt may take; the pool's time if empty.") @Immutable
          @Nullable Duration timeout,
      @Description("How often it is begun at most; only after a Lost attempt it is begun again.")
          @Immutable
          @Default("3")
          @Min(1)
          @Max(10)
          int maxAttempts) {
    public Spec {
      env = List.copyOf(env);
      needs = List.copyOf(needs);
      secrets = List.copyOf(secrets);
    }
  }

  /** A variable of the environment. */
  public record EnvVar(
      @Description("Its name.")
          @NotBlank
          @Size(max = 128)
          @Pattern(regexp = "[A-Za-z_][A-Za-z0-9_]*")
          String name,
      @Description("Its value.") @Size(max = 16_384) String value) {}

  /** What is known. */
  public record Status(
      @Description("The repository that its pipeline is of, by name.") @ServerOwned @Size(max = 63)
          String repository,
      @Description("The uid of its pipeline.") @ServerOwned @Size(max = 36) String pipelineUid,
      @Description("How far it is.") @Selectable @Column(value = "PHASE", order = 30)
          @Nullable Phase phase,
      @Description("The runner that has it.") @Size(max = 253) String runner,
      @Description("How often it was begun, and what became of it.") @Size(max = 10)
          List<Attempt> attempts,
      @Description("The exit code of its last attempt, absent if it did not exit by itself.")
          @Column(value = "EXIT", order = 40)
          @Nullable Integer exitCode,
      @Description("When it began to wait for a runner.") @Nullable Instant queueTime,
      @Description("When its last attempt began.")
          @Column(value = "DURATION", order = 50, until = "status.completionTime")
          @Nullable Instant startTime,
      @Description("When it ended.") @Nullable Instant completionTime,
      @Description("What failures of the same kind have in common.") @Size(max = 63)
          String failureSignature,
      @Description("How many bytes the log of its last attempt has.") @Default("0") @Min(0)
          long logBytes,
      @Description(
              "Whether it ended well (Succeeded); as long as that is Unknown or False the message"
                  + " says why.")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      attempts = List.copyOf(attempts);
      conditions = List.copyOf(conditions);
    }
  }

  /** One time that it was begun. */
  public record Attempt(
      @Description("Its number, from 1.") @Min(1) int number,
      @Description("The runner that had it.") @Size(max = 253) String runner,
      @Description("When it began.") @NotNull Instant startTime,
      @Description("When it ended.") @Nullable Instant completionTime,
      @Description("How it ended; absent while it runs.") @Nullable Result result,
      @Description("The exit code, absent if it did not exit by itself.")
          @Nullable Integer exitCode) {}

  /** How an attempt ended. */
  public enum Result {
    SUCCEEDED,
    FAILED,
    CANCELED,
    /** Its runner died. */
    LOST
  }

  /** The life of a job. */
  public enum Phase {
    /** Steps before it have not ended. */
    PENDING,
    /** It cannot run until somebody changes something. */
    BLOCKED,
    /** It waits for a runner. */
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELED,
    /** A step before it did not end well. */
    SKIPPED;

    /** What may follow: nothing else is written. */
    public Set<Phase> next() {
      return switch (this) {
        case PENDING -> EnumSet.of(BLOCKED, QUEUED, CANCELED, SKIPPED);
        case BLOCKED -> EnumSet.of(QUEUED, CANCELED);
        case QUEUED -> EnumSet.of(BLOCKED, RUNNING, CANCELED);
        // Queued again when the attempt was lost.
        case RUNNING -> EnumSet.of(QUEUED, SUCCEEDED, FAILED, CANCELED);
        case SUCCEEDED, FAILED, CANCELED, SKIPPED -> EnumSet.noneOf(Phase.class);
      };
    }

    /** Whether nothing follows. */
    public boolean isFinished() {
      return switch (this) {
        case SUCCEEDED, FAILED, CANCELED, SKIPPED -> true;
        case PENDING, BLOCKED, QUEUED, RUNNING -> false;
      };
    }
  }
}
