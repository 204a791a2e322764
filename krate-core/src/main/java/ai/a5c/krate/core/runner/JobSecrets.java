package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The secrets of one attempt: read when it is claimed and its tier is known, and only those that
 * the workflow names and both the pool and the repository grant.
 */
final class JobSecrets {
  /** The most bytes of all of them together. */
  static final int MOST_BYTES = 1 << 20;

  private JobSecrets() {}

  /** What was found. */
  sealed interface Found {
    /** The files by name. */
    record Files(Map<String, Secret> files) implements Found {
      public Files {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
      }
    }

    /** The job must not run without them. */
    record Missing(String why) implements Found {}
  }

  static Found read(Client client, Claiming.Claim claim) {
    List<String> wanted = claim.job().spec().secrets();
    if (wanted.isEmpty() || claim.pipeline().status().trustTier() != TrustTier.TRUSTED) {
      return new Found.Files(Map.of());
    }
    boolean grants = claim.pool().trustTier() == TrustTier.TRUSTED;
    List<String> granted =
        RecordCodec.read(Repository.class, claim.repository().json()).spec().secrets();
    Map<String, Secret> files = new TreeMap<>();
    long bytes = 0;
    for (String name : wanted) {
      if (!grants || !claim.pool().secrets().contains(name)) {
        return new Found.Missing(
            "the pool " + claim.job().spec().pool() + " does not grant the Secret " + name);
      }
      if (!granted.contains(name)) {
        return new Found.Missing(
            "the repository " + claim.repository().name() + " does not grant the Secret " + name);
      }
      Optional<ApiObject> secret = client.get(ForgeKinds.SECRET, claim.object().namespace(), name);
      if (secret.isEmpty()) {
        return new Found.Missing("there is no Secret " + name);
      }
      for (Map.Entry<String, Bytes> entry :
          RecordCodec.read(ai.a5c.krate.api.core.Secret.class, secret.get().json())
              .data()
              .entrySet()) {
        bytes += entry.getValue().size();
        if (bytes > MOST_BYTES) {
          return new Found.Missing("its Secrets have more than 1 MiB");
        }
        files.put(name + "_" + entry.getKey(), Secret.of(entry.getValue().toArray()));
      }
    }
    return new Found.Files(files);
  }
}
