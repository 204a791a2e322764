package ai.a5c.krate.api.records;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to be done or talked about in a repository. */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "Issue",
    plural = "issues",
    shortNames = "kissue",
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("An Issue is something to be done or talked about in a repository.")
public record Issue(
    @Description("What is wanted of the issue.") @NotNull Spec spec,
    @Description("What is known of the issue.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("The repository, by name.") @NotBlank @Immutable @Selectable @Size(max = 63)
          String repository,
      @Description("One line that says what it is about.")
          @NotBlank
          @Size(max = 256)
          @Column(value = "TITLE", order = 20)
          String title,
      @Description("What it is about, in Markdown.") @Size(max = 65_536) String body,
      @Description("Who takes care of it, by user name.") @SetOfValues @Size(max = 32)
          List<@Size(min = 1, max = 1024) String> assignees,
      @Description("Whether it is done with.") boolean closed,
      @Description("Why it was closed.") @Nullable CloseReason closeReason) {
    public Spec {
      assignees = List.copyOf(assignees);
    }
  }

  /** Why an issue was closed. */
  public enum CloseReason {
    COMPLETED,
    NOT_PLANNED,
    DUPLICATE
  }

  /** What is known. */
  public record Status(
      @Description("Its number, which no other issue or pull request of the repository has.")
          @ServerOwned
          @Selectable
          @Column(value = "NUMBER", order = 10)
          long number,
      @Description("Whether it is open.") @Selectable @Column(value = "PHASE", order = 40)
          @Nullable Phase phase,
      @Description("Who opened it.")
          @ServerOwned
          @Selectable
          @Column(value = "AUTHOR", order = 30, of = "name")
          @Nullable Author author,
      @Description("Further aspects of its state.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** The life of an issue. */
  public enum Phase {
    OPEN,
    CLOSED
  }
}
