package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Size;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A sealed document, one of Kubernetes' own kinds. */
@Kind(
    group = "",
    version = "v1",
    name = "Vault",
    plural = "vaults",
    boundary = StorageBoundary.CONFIGURATION,
    sealed = true,
    core = true)
@Description("A Vault holds what nobody else shall read.")
public record Vault(@Description("The secrets.") Map<String, @Size(max = 100) String> data) {
  public Vault {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
  }
}
