package ai.a5c.krate.api.records;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.Repository;
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
      @Description(
              "The repository that the branch to merge is in: a fork, or another one of the same"
                  + " family; the repository itself if empty.")
          @Immutable
          @Selectable
          @Size(min = 1, max = 63)
          @Nullable String sourceRepository,
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
      @Description("Who is asked to review it, by user name.") @SetOfValues @Size(max = 32)
          List<@Size(min = 1, max = 1024) String> reviewers,
      @Description("Who takes care of it, by user name.") @SetOfValues @Size(max = 32)
          List<@Size(min = 1, max = 1024) String> assignees,
      @Description("Whether it is closed without being merged.") boolean closed,
      @Description(
              "Set to true to merge now: the request is refused with all reasons if that cannot"
                  + " be.")
          boolean merged,
      @Description(
              "How to merge; the first way that repository and branch allow if empty: Merge,"
                  + " otherwise Squash.")
          Repository.@Nullable MergeMethod mergeMethod,
      @Description("The message of the merge commit; made from the title if empty.")
          @Size(max = 65_536)
          String mergeMessage,
      @Description("Merge only if the head is still this commit.") @Size(min = 40, max = 64)
          @Nullable String mergeHead) {
    public Spec {
      reviewers = List.copyOf(reviewers);
      assignees = List.copyOf(assignees);
    }
  }

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
      @Description("Whether the branch to merge is in another repository.") @ServerOwned
          boolean fork,
      @Description("The uid of the other repository that the branch to merge is in.")
          @ServerOwned
          @Size(max = 64)
          @Nullable String sourceUid,
      @Description("The commit to merge.")
          @Column(value = "HEAD", order = 80, wide = true, of = "commit", first = 12)
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
      @Description("Who approved it, and how many have to.")
          @Column(value = "APPROVALS", order = 90, wide = true, of = "given")
          @Nullable Approvals approvals,
      @Description("What checks say of the head, those first that are required.")
          @Size(max = 512)
          @Column(value = "CHECKS", order = 95, wide = true)
          List<HeadCheck> checks,
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
      checks = List.copyOf(checks);
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
    NOTHING_TO_MERGE,
    /** The branches have no commit in common. */
    UNRELATED,
    /** There is more to merge than the server merges at once. */
    TOO_LARGE,
    /** The repository or the target branch does not allow this way of merging. */
    METHOD_NOT_ALLOWED,
    /** It would bring a merge commit onto a branch whose history is linear. */
    NOT_LINEAR,
    /** The head lacks the newest commit of the target branch. */
    NOT_UP_TO_DATE,
    /** Not enough people approved. */
    APPROVALS_MISSING,
    /** Somebody wants changes. */
    CHANGES_REQUESTED,
    /** A check that is required is not there, or has not ended. */
    CHECKS_PENDING,
    /** A check that is required ended without success. */
    CHECKS_FAILED,
    /** A pipeline ran another workflow than the target has, and no maintainer approved that. */
    WORKFLOW_CHANGED
  }

  /** The commit to merge. */
  public record Head(
      @Description("The commit.") @NotBlank @Size(min = 40, max = 64) String commit,
      @Description("The ref under which it can always be fetched.") @Size(max = 1024) String ref) {}

  /** The commit to merge into. */
  public record Base(
      @Description("The commit.") @NotBlank @Size(min = 40, max = 64) String commit) {}

  /** Who approved. */
  public record Approvals(
      @Description("How many people have to approve.") @Default("0") @Min(0) int required,
      @Description("How many approvals count.") @Default("0") @Min(0) int given,
      @Description("Whose approvals count, by user name.") @Size(max = 512)
          List<@Size(max = 1024) String> by) {
    public Approvals {
      by = List.copyOf(by);
    }
  }

  /** What the newest check of a name says of the head. */
  public record HeadCheck(
      @Description("The name of the check.") @NotBlank @Size(max = 253) String name,
      @Description("Whether a pipeline of this server is its source, or somebody else.") @NotNull
          BranchProtection.Source source,
      @Description("How far it is; absent as long as there is no such check.")
          Check.@Nullable Phase phase,
      @Description("Whether merging needs its success.") boolean required) {}

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
      @Description("The way of merging.") @NotNull Repository.MergeMethod method,
      @Description("Who merged it, by user name.") @NotBlank @Size(max = 1024) String by,
      @Description("When it was merged.") @NotNull Instant time) {}
}
