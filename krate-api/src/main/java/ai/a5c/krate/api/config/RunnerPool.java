package ai.a5c.krate.api.config;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runners of one trust tier that take the jobs of some repositories. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "RunnerPool",
    plural = "runnerpools",
    shortNames = {"pool", "kpool"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    boundary = StorageBoundary.CONFIGURATION)
@Description(
    "A RunnerPool is a number of runners of one trust tier that take the jobs of pipelines.")
public record RunnerPool(
    @Description("What is wanted of the pool.") @NotNull Spec spec,
    @Description("What is known of the pool.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("Which code it runs: Trusted or Untrusted.")
          @NotNull
          @Immutable
          @Column(value = "TIER", order = 10)
          TrustTier trustTier,
      @Description("What runs its jobs: Process, isolated processes on the server's host.")
          @NotNull
          @Column(value = "EXECUTOR", order = 20)
          Executor executor,
      @Description("The repositories whose jobs it takes, or * for all.")
          @Default("[\"*\"]")
          @Size(min = 1, max = 256)
          @SetOfValues
          List<
                  @Size(min = 1, max = 63) @Pattern(regexp = "\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?")
                  String>
              repositories,
      @Description(
              "How many runners are kept started without a job; if empty 2 in a Trusted pool and 0"
                  + " in an Untrusted one.")
          @Min(0)
          @Max(100)
          @Column(value = "WARM", order = 30)
          @Nullable Integer warmReplicas,
      @Description("How many runners there are at most.")
          @Default("10")
          @Min(1)
          @Max(1000)
          @Column(value = "MAX", order = 40)
          int maxReplicas,
      @Description("What one runner may use.") @Default("{}") Resources resources,
      @Description(
              "What its jobs reach: Host, the network of the server's host, or None. If empty Host"
                  + " in a Trusted pool; an Untrusted pool has None.")
          @Nullable Network network,
      @Description(
              "The Secrets that its jobs may get, by name, if their repository grants them, too;"
                  + " only in a Trusted pool.")
          @SetOfValues
          @Size(max = 64)
          List<@Size(min = 1, max = 253) @Pattern(regexp = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?") String>
              secrets,
      @Description("How long a job may run that says nothing shorter itself.") @Default("1h")
          Duration jobTimeout) {
    public Spec {
      repositories = List.copyOf(repositories);
      secrets = List.copyOf(secrets);
    }

    /** Whether it takes jobs of the repository. */
    public boolean takes(String repository) {
      return repositories.contains("*") || repositories.contains(repository);
    }

    /** How many runners are kept started without a job. */
    public int warm() {
      return warmReplicas != null ? warmReplicas : trustTier == TrustTier.TRUSTED ? 2 : 0;
    }
  }

  /** What runs the jobs. */
  public enum Executor {
    /** Isolated processes on the host of the server. */
    PROCESS
  }

  /** What jobs reach. */
  public enum Network {
    /** Whatever the host of the server reaches. */
    HOST,
    /** Nothing. */
    NONE
  }

  /** What one runner may use. */
  public record Resources(
      @Description(
              "The bounds, as Kubernetes quantities: memory (2Gi), ephemeral-storage (4Gi) of"
                  + " workspace and temporary files, pids (512) processes.")
          @Size(max = 3)
          Map<
                  @Size(max = 32) String,
                  @Size(max = 32) @Pattern(regexp = "[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?")
                  String>
              limits) {
    public Resources {
      limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    }
  }

  /** What is known. */
  public record Status(
      @Description("How many runners there are.") @Default("0") @Min(0) int replicas,
      @Description("How many runners are started and wait for a job.")
          @Default("0")
          @Min(0)
          @Column(value = "READY", order = 50)
          int readyReplicas,
      @Description("How many jobs wait for a runner.")
          @Default("0")
          @Min(0)
          @Column(value = "QUEUED", order = 60)
          int queuedJobs,
      @Description("How many jobs run.")
          @Default("0")
          @Min(0)
          @Column(value = "RUNNING", order = 70)
          int runningJobs,
      @Description("How long jobs waited for a runner, of the last 100.")
          @Nullable WaitSeconds waitSeconds,
      @Description("Whether it can run jobs (Ready).") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** How long jobs waited, in whole seconds, as exactly as the time of their queueing is known. */
  public record WaitSeconds(
      @Description("Half of the jobs waited no longer.") @Min(0) long p50,
      @Description("95 of 100 jobs waited no longer.") @Min(0) long p95) {}
}
