package ai.a5c.krate.api.core;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Size;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values that must not be seen; the whole stored document is sealed. It does not print its values.
 */
@Kind(
    group = CoreGroup.NAME,
    version = CoreGroup.VERSION,
    name = "Secret",
    plural = "secrets",
    boundary = StorageBoundary.CONFIGURATION,
    sealed = true,
    core = true)
@Description("A Secret holds values that must not be seen, such as the keys that sign webhooks.")
public record Secret(
    @Description("What the secret is for; it decides which keys the data must have.")
        @Default("Opaque")
        @Immutable
        @Column("TYPE")
        @Selectable
        @Size(max = 316)
        String type,
    @Description("The values by key, in base64.")
        @Column(value = "DATA", order = 110)
        @Size(max = 1024)
        Map<String, @Size(max = Secret.LONGEST_VALUE) Bytes> data,
    @Description("Values as plain text: written into data, and never shown.") @Size(max = 1024)
        Map<String, @Size(max = Secret.LONGEST_VALUE) String> stringData,
    @Description("Whether the data can no longer be changed.") boolean immutable) {
  static final int LONGEST_VALUE = 1_398_104;

  public Secret {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
    stringData = Collections.unmodifiableMap(new TreeMap<>(stringData));
  }

  @Override
  public String toString() {
    return "Secret[" + type + ", " + data.keySet() + ", " + stringData.keySet() + "]";
  }
}
