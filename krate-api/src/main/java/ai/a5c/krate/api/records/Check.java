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
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a CI says of a commit. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Check",
    plural = "checks",
    shortNames = "kcheck",
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("A Check is what a CI says of a commit; the newest of a name and source counts.")
public record Check(
    @Description("What the CI says.") @NotNull Spec spec,
    @Description("What is known of the check.") Status status) {

  /** What the CI says. */
  public record Spec(
      @Description("The repository, by name.") @NotBlank @Immutable @Selectable @Size(max = 63)
          String repository,
      @Description("The commit that it is about.")
          @NotBlank
          @Immutable
          @Selectable
          @Pattern(regexp = "[0-9a-f]{40}|[0-9a-f]{64}")
          @Column(value = "COMMIT", order = 10, first = 12)
          String commit,
      @Description(
              "What was checked, in printable ASCII; a branch protection requires checks by it,"
                  + " letter by letter.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 253)
          @Pattern(regexp = "[!-~]([ -~]*[!-~])?")
          @Column(value = "CHECK", order = 20)
          String name,
      @Description("How far it is, and how it ended.")
          @NotNull
          @Selectable
          @Column(value = "PHASE", order = 30)
          Phase phase,
      @Description("What came out, in Markdown.") @Size(max = 65_536) String summary,
      @Description("Where a person reads more.")
          @Size(max = 2048)
          @Pattern(regexp = "(https?://[!-~]+)?")
          String detailsURL,
      @Description("When it began.") @Nullable Instant startTime,
      @Description("When it ended.") @Nullable Instant completionTime) {}

  /** What is known. */
  public record Status(
      @Description("Who says so, and alone may say something else.")
          @ServerOwned
          @Column(value = "AUTHOR", order = 40, of = "name")
          @Nullable Author author,
      @Description("The Pipeline that reports it, by name; empty for any other CI.")
          @ServerOwned
          @Size(max = 253)
          String pipeline,
      @Description("The path of the pipeline's workflow file.") @ServerOwned @Size(max = 1024)
          String workflowPath,
      @Description("The SHA-256 digest of the workflow file, as sha256:<hex>.")
          @ServerOwned
          @Size(max = 71)
          String workflowDigest,
      @Description("Further aspects of its state.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** The life of a check. */
  public enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELED,
    SKIPPED
  }
}
