package ai.a5c.krate.api.config;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Says how branches may change. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "BranchProtection",
    plural = "branchprotections",
    shortNames = {"bp", "kbp"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    boundary = StorageBoundary.CONFIGURATION)
@Description(
    "A BranchProtection says how branches may change; where several match a branch, the strictest"
        + " of each field holds.")
public record BranchProtection(@Description("What is wanted of the branches.") @NotNull Spec spec) {

  /** What is wanted. */
  public record Spec(
      @Description("The repositories whose branches are protected, or * for all.")
          @Default("[\"*\"]")
          @Size(min = 1, max = 256)
          @SetOfValues
          @Column(value = "REPOSITORIES", order = 10)
          List<
                  @Size(min = 1, max = 63) @Pattern(regexp = "\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?")
                  String>
              repositories,
      @Description(
              "Patterns of whole branch names: in main nothing is open, in release/* one part"
                  + " between slashes, in release/** any number of parts; ** is every branch.")
          @NotNull
          @Size(min = 1, max = 64)
          @SetOfValues
          @Column(value = "BRANCHES", order = 20)
          List<@Size(min = 1, max = 255) String> branches,
      @Description("Whether changes come by pull request, unless a pusher makes them.")
          @Default("true")
          boolean requirePullRequest,
      @Description("How many people must approve a pull request.")
          @Default("1")
          @Min(0)
          @Max(100)
          @Column(value = "APPROVALS", order = 30)
          int requiredApprovals,
      @Description("The checks that must have succeeded on the head of a pull request.")
          @ListKeys({"name", "source"})
          @Size(max = 64)
          @Column(value = "CHECKS", order = 40)
          List<RequiredCheck> requiredChecks,
      @Description("Whether approvals no longer count once the head or the target changed.")
          @Default("true")
          boolean dismissStaleReviews,
      @Description("Whether no merge commit may come onto the branches.") @Default("false")
          boolean requireLinearHistory,
      @Description("Whether a head must contain the newest commit of the branch it goes to.")
          @Default("false")
          boolean requireUpToDate,
      @Description("Whether a push may take commits away from the branches.") @Default("false")
          boolean allowForcePush,
      @Description("Whether the branches may be deleted.") @Default("false") boolean allowDeletion,
      @Description(
              "Who may push without a pull request; if anybody is named, nobody else may push.")
          @Size(max = 256)
          List<SubjectRef> pushers,
      @Description("Who is not bound by this; the audit trail says when they made use of it.")
          @Size(max = 256)
          List<SubjectRef> bypassers) {
    public Spec {
      repositories = List.copyOf(repositories);
      branches = List.copyOf(branches);
      requiredChecks = List.copyOf(requiredChecks);
      pushers = List.copyOf(pushers);
      bypassers = List.copyOf(bypassers);
    }
  }

  /** A check that must have succeeded. */
  public record RequiredCheck(
      @Description("The name of the check.") @NotBlank @Size(max = 253) String name,
      @Description("Whose check it is.") @Default("Pipeline") @NotNull Source source) {}

  /** Whose check counts. */
  public enum Source {
    /** One that a pipeline of this server wrote. */
    PIPELINE,
    /** One that somebody else with the right to write checks wrote. */
    EXTERNAL
  }
}
