package ai.a5c.krate.api.core;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A condition on labels in structured form; an empty one matches everything. */
public record LabelSelector(
    @Description("Labels that must have these values.")
        Map<String, @Size(max = 63) String> matchLabels,
    @Description("Conditions that must all hold.") List<Requirement> matchExpressions) {
  public LabelSelector {
    matchLabels = Collections.unmodifiableMap(new TreeMap<>(matchLabels));
    matchExpressions = List.copyOf(matchExpressions);
  }

  /** A condition on one label. */
  public record Requirement(
      @Description("The key of the label.") @NotBlank @Size(max = 317) String key,
      @Description("How the values are compared: In, NotIn, Exists or DoesNotExist.")
          @NotBlank
          @Size(max = 32)
          String operator,
      @Description("The values to compare with; none for Exists and DoesNotExist.")
          List<@Size(max = 63) String> values) {
    public Requirement {
      values = List.copyOf(values);
    }
  }
}
