package ai.a5c.krate.api.records;

import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file {@code .krate/workflows/*.yaml} of a repository. It is declared like a kind, so that its
 * schema is published and checked like one, and it is not served.
 */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Workflow",
    plural = "workflows",
    verbs = Verb.GET,
    boundary = StorageBoundary.RECORDS)
@Description("A Workflow is a file of a repository that says what to run, and when.")
public record Workflow(@Description("What is run, and when.") @NotNull Spec spec) {

  /** What is run. */
  public record Spec(
      @Description("What starts it; at least one of its members.") @NotNull On on,
      @Description("What may be chosen by who starts it; steps see them in their environment.")
          @ListKeys("name")
          @Size(max = 32)
          List<Parameter> parameters,
      @Description("The variables that every step has in its environment.")
          @ListKeys("name")
          @Size(max = 64)
          List<Job.EnvVar> env,
      @Description(
              "The Secrets that its steps ask for, by name; pool and repository have to grant"
                  + " them.")
          @SetOfValues
          @Size(max = 64)
          List<@Size(min = 1, max = 253) @Pattern(regexp = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?") String>
              secrets,
      @Description("How long a step may take that says nothing itself; the pool's time if empty.")
          @Nullable Duration timeout,
      @Description("What is run, one after the other, in one workspace.")
          @NotNull
          @ListKeys("name")
          @Size(min = 1, max = 256)
          List<Step> steps) {
    public Spec {
      parameters = List.copyOf(parameters);
      env = List.copyOf(env);
      secrets = List.copyOf(secrets);
      steps = List.copyOf(steps);
    }
  }

  /** What starts it. */
  public record On(
      @Description("Pushes of branches and tags.") @Nullable Push push,
      @Description("Pull requests that are opened, reopened, or get another head.")
          @Nullable PullRequests pullRequest,
      @Description("A person, by creating a Pipeline.") @Nullable Manual manual) {}

  /** Which pushes start it. */
  public record Push(
      @Description(
              "Patterns of branches, such as main or release/*; every branch if neither branches"
                  + " nor tags are given.")
          @Size(max = 32)
          List<@Size(min = 1, max = 255) String> branches,
      @Description("Patterns of tags, such as v*.") @Size(max = 32)
          List<@Size(min = 1, max = 255) String> tags,
      @Description("Patterns of paths, such as src/**, one of which has to be changed.")
          @Size(max = 64)
          List<@Size(min = 1, max = 1024) String> paths) {
    public Push {
      branches = List.copyOf(branches);
      tags = List.copyOf(tags);
      paths = List.copyOf(paths);
    }
  }

  /** Which pull requests start it. */
  public record PullRequests(
      @Description("Patterns of the branches that they go to; every branch if empty.")
          @Size(max = 32)
          List<@Size(min = 1, max = 255) String> targetBranches,
      @Description("Patterns of paths, one of which they have to change.") @Size(max = 64)
          List<@Size(min = 1, max = 1024) String> paths) {
    public PullRequests {
      targetBranches = List.copyOf(targetBranches);
      paths = List.copyOf(paths);
    }
  }

  /** That a person may start it. */
  public record Manual() {}

  /** Something that may be chosen. */
  public record Parameter(
      @Description("Its name, and that of the variable in the environment of the steps.")
          @NotBlank
          @Size(max = 128)
          @Pattern(regexp = "[A-Za-z_][A-Za-z0-9_]*")
          String name,
      @Description("What it is for.") String description,
      @Description("Its value if none is chosen; without one it has to be chosen.")
          @Size(max = 4096)
          @Nullable String defaultValue) {}

  /** One step. */
  public record Step(
      @Description("Its name, a DNS label.")
          @NotBlank
          @Size(max = 63)
          @Pattern(regexp = "[a-z0-9]([-a-z0-9]*[a-z0-9])?")
          String name,
      @Description("What is run: by the interpreter of its first line, or /bin/sh.")
          @NotNull
          @Size(min = 1, max = 65_536)
          String script,
      @Description("Further variables of its environment.") @ListKeys("name") @Size(max = 64)
          List<Job.EnvVar> env,
      @Description("The folder that it runs in, below the workspace.") @Size(max = 1024)
          String workingDirectory,
      @Description("How long it may take.") @Nullable Duration timeout,
      @Description(
              "The steps before it that have to end well; the one before it if absent, none if"
                  + " empty.")
          @SetOfValues
          @Size(max = 255)
          List<@Size(min = 1, max = 63) String> needs,
      @Description("Whether the pipeline goes on if it fails.") @Default("false")
          boolean continueOnError) {
    public Step {
      env = List.copyOf(env);
      needs = List.copyOf(needs);
    }
  }
}
