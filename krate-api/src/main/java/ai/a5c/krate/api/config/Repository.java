package ai.a5c.krate.api.config;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Git repository. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "Repository",
    plural = "repositories",
    shortNames = {"repo", "krepo"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    boundary = StorageBoundary.CONFIGURATION)
@Description("A Repository is a Git repository that can be cloned as soon as it is Ready.")
public record Repository(
    @Description("What is wanted of the repository.") @Default("{}") Spec spec,
    @Description("What is known of the repository.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description(
              "Who may read it without a grant of his own; the organization's default if empty.")
          @Column(value = "VISIBILITY", order = 10)
          @Nullable Visibility visibility,
      @Description("What the repository is about.") @Size(max = 65_536) String description,
      @Description("The branch that clones check out and pull requests go to by default.")
          @Default("main")
          @Size(min = 1, max = 255)
          @Column(value = "DEFAULT BRANCH", order = 20)
          String defaultBranch,
      @Description("The ways in which pull requests may be merged.")
          @Default("[\"Merge\",\"Squash\"]")
          @Size(min = 1, max = 8)
          @SetOfValues
          List<MergeMethod> mergeMethods,
      @Description(
              "The repository of the same namespace that it is a fork of: it starts with that one's"
                  + " branches and tags, and has objects of its own.")
          @Immutable
          @Size(min = 1, max = 63)
          @Nullable String forkOf,
      @Description(
              "The Secrets that the jobs of its trusted pipelines may get, by name, if their pool"
                  + " grants them, too.")
          @SetOfValues
          @Size(max = 64)
          List<@Size(min = 1, max = 253) @Pattern(regexp = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?") String>
              secrets) {
    public Spec {
      mergeMethods = List.copyOf(mergeMethods);
      secrets = List.copyOf(secrets);
    }
  }

  /** A way of merging. */
  public enum MergeMethod {
    /** A commit with both sides as parents. */
    MERGE,
    /** One commit on the target branch with all that the pull request changes. */
    SQUASH
  }

  /** What is known. */
  public record Status(
      @Description("Where it can be cloned from.")
          @Column(value = "URL", order = 40, wide = true, of = "http")
          @Nullable Urls urls,
      @Description("The commit that the default branch is at.") @Size(max = 64)
          @Nullable String defaultBranchCommit,
      @Description("Where a fork comes from.") @ServerOwned @Nullable Parent parent,
      @Description("When something was last pushed.")
          @Column(value = "LAST PUSH", order = 50, wide = true)
          @Nullable Instant lastPushTime,
      @Description("Whether it can be cloned and pushed to (Ready).")
          @Column(value = "READY", order = 30, of = "[Ready].status")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** Where a fork comes from. */
  public record Parent(
      @Description("The uid of the repository that it was forked from.") @NotBlank @Size(max = 64)
          String uid,
      @Description(
              "The uid of the first repository of its family, whose forks may send pull requests to"
                  + " one another.")
          @NotBlank
          @Size(max = 64)
          String family) {}

  /** Where it can be cloned from. */
  public record Urls(
      @Description("The address for Git over HTTPS.") @Size(max = 2048) @Nullable String http) {}
}
