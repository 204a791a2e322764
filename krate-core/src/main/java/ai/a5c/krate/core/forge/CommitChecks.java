package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection.Source;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Check;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.validation.constraints.NotNull;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The newest check of each name and source on one commit of a repository. Stored and never served:
 * whatever creates, changes or deletes a check writes it in the same transaction, and a merge
 * depends on what it read here.
 */
@ai.a5c.krate.api.schema.Kind(
    group = "internal.krate.a5c.ai",
    version = "v1alpha1",
    name = "CommitChecks",
    plural = "commitchecks",
    namespaced = false,
    boundary = StorageBoundary.RECORDS)
@Description("CommitChecks holds the newest checks of a commit.")
public record CommitChecks(
    @Description("The checks, by source and name.") Map<String, One> newest) {
  /** The kind, of which no client knows. */
  public static final Kind KIND = KindReader.read(CommitChecks.class);

  /** The most names that one commit has checks of. */
  public static final int MOST = 256;

  /** Nothing was checked. */
  public static final CommitChecks NONE = new CommitChecks(Map.of());

  public CommitChecks {
    newest = Collections.unmodifiableMap(new TreeMap<>(newest));
  }

  /** The newest check of a name and source. */
  public record One(
      @Description("Where it comes from.") @NotNull Source source,
      @Description("The name that it checks under.") String name,
      @Description("The name of the object.") String check,
      @Description("How far it is.") @NotNull Check.Phase phase,
      @Description("The path of the workflow file; empty for an external CI.") String workflowPath,
      @Description("The digest of the workflow file.") String workflowDigest) {}

  /** The name under which those of a commit are stored. */
  public static String key(Uid repository, String commit) {
    return repository + "." + commit;
  }

  /** What is stored. */
  public static CommitChecks of(Optional<ApiObject> stored) {
    return stored.map(object -> RecordCodec.read(CommitChecks.class, object.json())).orElse(NONE);
  }

  /** All of them, in a fixed order. */
  public Collection<One> all() {
    return newest.values();
  }

  /** The newest check of a name and source; the name is compared letter by letter. */
  public Optional<One> of(Source source, String name) {
    return Optional.ofNullable(newest.get(member(source, name)));
  }

  /** With this as the newest of its name and source. */
  public CommitChecks with(One check) {
    Map<String, One> all = new TreeMap<>(newest);
    all.put(member(check.source(), check.name()), check);
    return new CommitChecks(all);
  }

  /** As if there had never been a check of this name and source. */
  public CommitChecks without(One check) {
    Map<String, One> all = new TreeMap<>(newest);
    all.remove(member(check.source(), check.name()));
    return new CommitChecks(all);
  }

  private static String member(Source source, String name) {
    return source + "/" + name;
  }
}
