package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of a resource. */
public record ResourceAttributes(
    @Description("The namespace; empty for all of them, or for a cluster-scoped resource.")
        String namespace,
    @Description("The verb; * stands for all.") String verb,
    @Description("The API group; * stands for all.") String group,
    @Description("The API version; it has no effect.") String version,
    @Description("The resource; * stands for all.") String resource,
    @Description("The subresource; empty for the object itself.") String subresource,
    @Description("The name; empty for all of them.") String name,
    @Description("A limit to objects with certain fields; it gives no further right here.")
        @Nullable Selector fieldSelector,
    @Description("A limit to objects with certain labels; it gives no further right here.")
        @Nullable Selector labelSelector) {

  /** A condition on objects. */
  public record Selector(
      @Description("The condition as text.") String rawSelector,
      @Description("The condition in parts.") List<Requirement> requirements) {
    public Selector {
      requirements = List.copyOf(requirements);
    }
  }

  /** A part of a condition. */
  public record Requirement(
      @Description("The field or label.") String key,
      @Description("How it is compared.") String operator,
      @Description("The values to compare with.") List<String> values) {
    public Requirement {
      values = List.copyOf(values);
    }
  }
}
