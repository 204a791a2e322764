/**
 * Runs the steps of pipelines as processes of the host, each runner in a sandbox of its own: a
 * root, users, processes, memory objects and, unless it may use the host's, a network that are not
 * the host's.
 */
@NullMarked
package ai.a5c.krate.executor.process;

import org.jspecify.annotations.NullMarked;
