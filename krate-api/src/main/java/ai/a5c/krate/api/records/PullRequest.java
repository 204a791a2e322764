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
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks to merge one branch into another. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "PullRequest",
    plural = "pullrequests",
    shortNames = {"pr", "kpr"},
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("A PullRequest asks to merge one branch of a repository into another.")
public record PullRequest(
    @Description("What is wanted of the pull request.") @NotNull Spec spec,
    @Description("What is known of the pull request.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("The repository, by name.") @NotBlank @Immutable @Selectable @Size(max = 63)
          String repository,
      @Description("The branch to merge.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 255)
          @Column(value = "SOURCE", order = 60, wide = true)
          String sourceBranch,
      @Description("The branch to merge into; the repository's default branch if empty.")
          @Selectable
          @Size(min = 1, max = 255)
          @Column(value = "TARGET", order = 70, wide = true)
          @Nullable String targetBranch,
      @Description("One line that says what it changes.")
          @NotBlank
          @Size(max = 256)
          @Column(value = "TITLE", order = 20)
          String title,
      @Description("What it changes and why, in Markdown.") @Size(max = 65_536) String description,
      @Description("Whether it is not ready to be merged.") boolean draft,
      @Description("Whether it is closed without being merged.") boolean closed,
      @Description(
              "Set to true to merge now: the request is refused with all reasons if that cannot"
                  + " be.")
          boolean merged,
      @Description("The message of the merge commit; made from the title if empty.")
          @Size(max = 65_536)
          String mergeMessage,
      @Description("Merge only if the head is still this commit.") @Size(min = 40, max = 64)
          @Nullable String mergeHead) {}

  /** What is known. */
  public record Status(
      @Description("Its number, which no other pull request or issue of the repository has.")
          @ServerOwned
          @Selectable
          @Column(value = "NUMBER", order = 10)
          long number,
      @Description("Where it is in its life.")
          @ServerOwned
          @Selectable
          @Column(value = "PHASE", order = 40)
          @Nullable Phase phase,
      @Description("Who opened it.")
          @ServerOwned
          @Selectable
          @Column(value = "AUTHOR", order = 30, of = "name")
          @Nullable Author author,
      @Description("The commit to merge.")
          @Column(value = "HEAD", order = 80, wide = true, of = "commit")
          @Nullable Head head,
      @Description("The commit to merge into.") @Nullable Base base,
      @Description("The newest commit that head and base have in common.") @Size(max = 64)
          @Nullable String mergeBase,
      @Description("Whether it could be merged now.")
          @Selectable
          @Column(value = "MERGEABLE", order = 50)
          @Nullable Mergeable mergeable,
      @Description("Why it cannot be merged now.") @SetOfValues @Size(max = 32)
          List<Reason> reasons,
      @Description("The paths that both sides changed differently, at most 1,000 of them.")
          @Size(max = 1000)
          List<@Size(max = 4096) String> conflicts,
      @Description("How much it changes.") @Nullable Stats stats,
      @Description("How it was merged.") @Nullable Merge merge,
      @Description("Who closed or merged it, by user name.") @Size(max = 1024)
          @Nullable String closedBy,
      @Description("When it was closed or merged.") @Nullable Instant closeTime,
      @Description("Further aspects of its state.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      reasons = List.copyOf(reasons);
      conflicts = List.copyOf(conflicts);
      conditions = List.copyOf(conditions);
    }
  }

  /** The life of a pull request. */
  public enum Phase {
    DRAFT,
    OPEN,
    MERGED,
    CLOSED
  }

  /** Whether a merge would succeed. */
  public enum Mergeable {
    TRUE,
    FALSE,
    /** Not yet found out. */
    UNKNOWN
  }

  /** Why a merge is refused. */
  public enum Reason {
    /** Both sides changed the same lines. */
    CONFLICTS,
    /** It is still a draft. */
    DRAFT,
    /** The source branch is gone. */
    SOURCE_GONE,
    /** The target branch is gone. */
    TARGET_GONE,
    /** The target branch has everything already. */
    NOTHING_TO_MERGE
  }

  /** The commit to merge. */
  public record Head(
      @Description("The commit.") @NotBlank @Size(min = 40, max = 64) String commit,
      @Description("The ref under which it can always be fetched.") @Size(max = 1024) String ref) {}

  /** The commit to merge into. */
  public record Base(
      @Description("The commit.") @NotBlank @Size(min = 40, max = 64) String commit) {}

  /** How much is changed. */
  public record Stats(
      @Description("How many commits it brings.") @Default("0") @Min(0) int commits,
      @Description("How many files it changes.") @Default("0") @Min(0) int files,
      @Description("How many lines it adds.") @Default("0") @Min(0) int additions,
      @Description("How many lines it takes away.") @Default("0") @Min(0) int deletions) {}

  /** How it was merged. */
  public record Merge(
      @Description("The commit that the merge made.") @NotBlank @Size(min = 40, max = 64)
          String commit,
      @Description("The way of merging.") @NotNull Method method,
      @Description("Who merged it, by user name.") @NotBlank @Size(max = 1024) String by,
      @Description("When it was merged.") @NotNull Instant time) {}

  /** A way of merging. */
  public enum Method {
    /** A commit with both sides as parents. */
    MERGE
  }
}
