package ai.a5c.krate.api.schema;

/** The side of the storage boundary on which the objects of a kind live. */
public enum StorageBoundary {
  /** Small declarative documents: custom resources in a cluster. */
  CONFIGURATION,
  /** Records of activity: PostgreSQL, never etcd. */
  RECORDS
}
