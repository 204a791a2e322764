package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
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

  /**
   * The name of the list of a branch. The name of a branch may hold what that of an object may not,
   * so it has its digest.
   */
  public static String name(Uid repository, String branch) {
    return repository + "." + digest(branch);
  }

  /** Half of the SHA-256 of a text (FIPS 180-4), in hexadecimal. */
  static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
