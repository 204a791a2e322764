/** Measures the server as a process of its own, each figure beside a peer or the physical limit. */
@NullMarked
package ai.a5c.krate.benchmarks;

import org.jspecify.annotations.NullMarked;
