package ai.a5c.krate.api.records;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what somebody thinks of a pull request as it was at one commit. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Review",
    plural = "reviews",
    shortNames = "kreview",
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("A Review says what somebody thinks of a pull request as it is at one commit.")
public record Review(
    @Description("What the reviewer says.") @NotNull Spec spec,
    @Description("What is known of the review.") Status status) {

  /** What the reviewer says. */
  public record Spec(
      @Description("The pull request, by name.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 253)
          @Column(value = "PULL REQUEST", order = 10)
          String pullRequest,
      @Description(
              "Whether the reviewer approves, wants changes, which blocks merging, or only"
                  + " comments.")
          @NotNull
          @Immutable
          @Column(value = "DECISION", order = 20)
          Decision decision,
      @Description("The commit that was reviewed; the pull request's present head if empty.")
          @Immutable
          @Pattern(regexp = "[0-9a-f]{40}|[0-9a-f]{64}")
          @Nullable String commit,
      @Description("What the reviewer has to say, in Markdown; only the reviewer changes it.")
          @Size(max = 65_536)
          String body,
      @Description(
              "Set to true to let the review count no longer; the reviewer may, and who may"
                  + " maintain the repository. It is never set back.")
          boolean dismissed,
      @Description("Why it was dismissed; needed to dismiss it.") @Size(max = 1024)
          String dismissReason) {}

  /** What is known. */
  public record Status(
      @Description("Who reviewed.")
          @ServerOwned
          @Selectable
          @Column(value = "AUTHOR", order = 30, of = "name")
          @Nullable Author author,
      @Description("The repository of the pull request, by name.") @ServerOwned @Size(max = 63)
          @Nullable String repository,
      @Description("The branch that the reviewed commit was to be merged into.")
          @ServerOwned
          @Size(max = 255)
          @Nullable String targetBranch,
      @Description(
              "Whether it counts: an approval towards the approvals that are required, a request"
                  + " for changes against merging.")
          @Column(value = "CURRENT", order = 40)
          @Nullable Boolean current,
      @Description("Whether the head or the target branch is another one by now.")
          @Nullable Boolean stale,
      @Description("Whether the reviewer opened the pull request or moved its source branch.")
          @Nullable Boolean selfReview,
      @Description("Whether who approved could maintain the repository then.") @ServerOwned
          @Nullable Boolean maintainer,
      @Description("Who dismissed it, by user name.") @ServerOwned @Size(max = 1024)
          @Nullable String dismissedBy,
      @Description("Further aspects of its state.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** What a reviewer can say. */
  public enum Decision {
    /** It may be merged. */
    APPROVE,
    /** It must not be merged as it is. */
    REQUEST_CHANGES,
    /** Neither. */
    COMMENT
  }
}
