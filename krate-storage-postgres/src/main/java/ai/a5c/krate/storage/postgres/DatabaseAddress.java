package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Secret;

/**
 * Where PostgreSQL 14 or later is, and who may create a schema in it.
 *
 * @param jdbcUrl {@code jdbc:postgresql://...}
 * @param poolSize connections for reads, at least 1; two more are for the committer and the tailer
 */
public record DatabaseAddress(String jdbcUrl, String user, Secret password, int poolSize) {
  public DatabaseAddress {
    if (poolSize < 1) {
      throw new IllegalArgumentException("a pool has at least one connection: " + poolSize);
    }
  }
}
