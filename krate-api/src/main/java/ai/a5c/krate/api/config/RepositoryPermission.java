package ai.a5c.krate.api.config;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets somebody work on one repository: projected into a Role and its RoleBinding. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "RepositoryPermission",
    plural = "repositorypermissions",
    shortNames = {"rperm", "krperm"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    boundary = StorageBoundary.CONFIGURATION)
@Description(
    "A RepositoryPermission lets somebody work on one repository; it becomes a Role and a"
        + " RoleBinding.")
public record RepositoryPermission(
    @Description("What is wanted of the permission.") @NotNull Spec spec,
    @Description("What is known of the permission.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("The repository, by name.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 63)
          @Column(value = "REPOSITORY", order = 10)
          String repository,
      @Description("Who gets the permission.")
          @NotNull
          @Column(value = "SUBJECT", order = 20, of = "name")
          SubjectRef subject,
      @Description("How much the subject may do, each including those before it.")
          @NotNull
          @Column(value = "PERMISSION", order = 30)
          Permission permission,
      @Description("When it ends; it does not if empty.")
          @Column(value = "EXPIRES", order = 50, wide = true)
          @Nullable Instant expirationTime) {}

  /** How much somebody may do with a repository. */
  public enum Permission {
    /** See it and fetch from it. */
    READ,
    /** Read, and write issues, comments and reviews. */
    TRIAGE,
    /** Triage, and push, open pull requests and merge them. */
    WRITE,
    /** Write, and decide over its settings, protections and webhooks. */
    MAINTAIN,
    /** Maintain, and give permissions to others. */
    ADMIN
  }

  /** What is known. */
  public record Status(
      @Description("Whether the Role and its RoleBinding are as they should be (Projected).")
          @Column(value = "PROJECTED", order = 40, of = "[Projected].status")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }
}
