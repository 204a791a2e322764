package ai.a5c.krate.api.core;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Size;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Values that anybody who may read it may see, such as the parameters of policies. */
@Kind(
    group = CoreGroup.NAME,
    version = CoreGroup.VERSION,
    name = "ConfigMap",
    plural = "configmaps",
    shortNames = "cm",
    boundary = StorageBoundary.CONFIGURATION,
    core = true)
@Description("A ConfigMap holds settings, such as the parameters of policies.")
public record ConfigMap(
    @Description("The values by key.") @Column("DATA") @Size(max = 1024)
        Map<String, @Size(max = ConfigMap.LONGEST_VALUE) String> data,
    @Description("Values that are no text by key, in base64.") @Size(max = 1024)
        Map<String, @Size(max = ConfigMap.LONGEST_VALUE) Bytes> binaryData,
    @Description("Whether the values can no longer be changed.") boolean immutable) {
  static final int LONGEST_VALUE = 1_398_104;

  public ConfigMap {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
    binaryData = Collections.unmodifiableMap(new TreeMap<>(binaryData));
  }
}
