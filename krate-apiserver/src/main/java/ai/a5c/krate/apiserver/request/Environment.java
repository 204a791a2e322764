package ai.a5c.krate.apiserver.request;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance, handed in.
 *
 * @param clock of the wall
 * @param nanos a ticker, for durations
 * @param uids random ones (RFC 9562, version 4)
 * @param random for names and for spreading load
 */
public record Environment(
    InstantSource clock, LongSupplier nanos, Supplier<UUID> uids, RandomGenerator random) {}
