package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.RunnerTerms;

/** What a pool means for its runners. */
final class Pools {
  private Pools() {}

  /** Whether its jobs have the network of the host; never in the untrusted tier. */
  static boolean network(RunnerPool.Spec spec) {
    return spec.trustTier() == TrustTier.TRUSTED && spec.network() != RunnerPool.Network.NONE;
  }

  /** What one of its runners may do and use. */
  static RunnerTerms terms(RunnerPool.Spec spec) {
    PoolLimits limits = PoolLimits.of(spec.resources());
    return new RunnerTerms(
        spec.trustTier(),
        network(spec),
        limits.memoryBytes(),
        limits.diskBytes(),
        limits.processes());
  }
}
