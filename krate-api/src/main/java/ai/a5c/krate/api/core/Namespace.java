package ai.a5c.krate.api.core;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scope for names, and a tenant. */
@Kind(
    group = CoreGroup.NAME,
    version = CoreGroup.VERSION,
    name = "Namespace",
    plural = "namespaces",
    shortNames = "ns",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = {Verb.GET, Verb.LIST, Verb.WATCH, Verb.CREATE, Verb.UPDATE, Verb.PATCH, Verb.DELETE},
    core = true)
@Description("A Namespace is a scope for names and a tenant: an organization owns one.")
public record Namespace(
    @Description("What is wanted of the namespace.") @Default("{}") Spec spec,
    @Description("What is known of the namespace.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("What must still be emptied before the namespace is removed.") @Size(max = 64)
          List<@Size(max = 316) String> finalizers) {
    public Spec {
      finalizers = List.copyOf(finalizers);
    }
  }

  /** What is known. */
  public record Status(
      @Description("Whether the namespace is in use or being removed.")
          @Column("STATUS")
          @Selectable
          @Nullable Phase phase) {}

  /** The life of a namespace. */
  public enum Phase {
    ACTIVE,
    TERMINATING
  }
}
