package ai.a5c.krate.api.config;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tenant: it owns one namespace, in which its repositories and everything about them live. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "Organization",
    plural = "organizations",
    shortNames = {"org", "korg"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION)
@Description("An Organization is a tenant: it owns one namespace, in which its repositories live.")
public record Organization(
    @Description("What is wanted of the organization.") @NotNull Spec spec,
    @Description("What is known of the organization.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("The name that people read.")
          @NotBlank
          @Size(max = 256)
          @Column(value = "DISPLAY NAME", order = 10)
          String displayName,
      @Description("What the organization is about.") @Size(max = 65_536) String description,
      @Description(
              "The namespace it owns; krate-org-<name> if empty. An existing one is adopted only if"
                  + " its label krate.a5c.ai/organization names this organization.")
          @Immutable
          @Size(min = 1, max = 63)
          @Pattern(regexp = "[a-z0-9]([-a-z0-9]*[a-z0-9])?")
          @Nullable String namespace,
      @Description("The visibility of new repositories that do not name theirs.")
          @Default("Private")
          Visibility defaultVisibility,
      @Description("Who may do everything in the organization's namespace.") @Size(max = 256)
          List<SubjectRef> owners,
      @Description("Who may work on all of the organization's repositories.") @Size(max = 64)
          List<Grant> grants,
      @Description("The bounds of what its repositories use together.") @Default("{}")
          Quotas quotas) {
    public Spec {
      owners = List.copyOf(owners);
      grants = List.copyOf(grants);
    }
  }

  /** The bounds of what the repositories of an organization use together. */
  public record Quotas(
      @Description("How many jobs run at once; without a bound if empty. Further ones wait.")
          @Min(0)
          @Nullable Integer concurrentJobs,
      @Description(
              "How many jobs wait at once, to be run or for others; without a bound if empty."
                  + " Further ones are refused.")
          @Min(0)
          @Nullable Integer queuedJobs) {}

  /** What the repositories of an organization use together. */
  public record Usage(
      @Description("How many jobs run.") @Min(0) long concurrentJobs,
      @Description("How many jobs wait, to be run or for others.") @Min(0) long queuedJobs) {}

  /** A role for subjects in all repositories of the organization. */
  public record Grant(
      @Description("What the subjects may do.") @NotNull Role role,
      @Description("Who may do it.") @NotNull @Size(min = 1, max = 256) List<SubjectRef> subjects) {
    public Grant {
      subjects = List.copyOf(subjects);
    }
  }

  /** What a subject may do in all repositories of the organization. */
  public enum Role {
    /** Read everything. */
    VIEWER,
    /** Push, open pull requests and merge them. */
    DEVELOPER,
    /** Decide over repositories, protections, policies and webhooks. */
    REPO_ADMIN
  }

  /** What is known. */
  public record Status(
      @Description("The namespace that the organization owns.")
          @Column(value = "NAMESPACE", order = 20)
          @Size(max = 63)
          @Nullable String namespace,
      @Description("What its repositories use together, as of a few seconds ago; nothing if empty.")
          @Nullable Usage usage,
      @Description(
              "Whether its namespace exists (NamespaceReady), its owners and grants are in force"
                  + " (AccessReady), and it can be used (Ready).")
          @Column(value = "READY", order = 30, of = "[Ready].status")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }
}
