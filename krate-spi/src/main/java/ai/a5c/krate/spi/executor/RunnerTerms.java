package ai.a5c.krate.spi.executor;

import ai.a5c.krate.api.config.TrustTier;

/**
 * What a runner may do and use.
 *
 * @param network whether it reaches the network of the host; never in the untrusted tier
 * @param memoryBytes of all its processes together
 * @param diskBytes of its workspace and temporary files together
 * @param processes how many it may have at once, threads included
 */
public record RunnerTerms(
    TrustTier tier, boolean network, long memoryBytes, long diskBytes, int processes) {
  public RunnerTerms {
    if (tier == TrustTier.UNTRUSTED && network) {
      throw new IllegalArgumentException("an untrusted runner has no network");
    }
    if (memoryBytes < 1 || diskBytes < 1 || processes < 1) {
      throw new IllegalArgumentException("a runner needs memory, disk and processes");
    }
  }
}
