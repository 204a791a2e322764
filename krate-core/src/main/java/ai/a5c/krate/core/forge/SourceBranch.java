package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The open pull requests of one source branch, by uid. Stored and never served: a push looks here
 * for the pull requests whose head it moves, and depends on what it found.
 */
@ai.a5c.krate.api.schema.Kind(
    group = "internal.krate.a5c.ai",
    version = "v1alpha1",
    name = "SourceBranch",
    plural = "sourcebranches",
    namespaced = false,
    boundary = StorageBoundary.RECORDS)
@Description("A SourceBranch lists the open pull requests of one branch.")
public record SourceBranch(
    @Description("The pull requests as namespace/name, by their uids.") Map<String, String> pulls) {
  /** The kind, of which no client knows. */
  public static final Kind KIND = KindReader.read(SourceBranch.class);

  public SourceBranch {
    pulls = Collections.unmodifiableMap(new TreeMap<>(pulls));
  }
}
