package ai.a5c.krate.spi.storage;

/**
 * The side of the storage boundary on which an object lives, as a type: a key, an operation or a
 * transaction of one side cannot be handed to a store of the other.
 *
 * <p>The API group decides the side. Standalone both sides are one database and one change log
 * behind two handles; in a cluster the configuration side is kube-apiserver.
 */
public sealed interface Boundary {
  /** Small declarative documents: what a cluster keeps as custom resources. */
  enum Configuration implements Boundary {
    CONFIGURATION
  }

  /** Records of activity, of which there may be millions: never in etcd. */
  enum Records implements Boundary {
    RECORDS
  }
}
