/**
 * The store on PostgreSQL: one counter row orders the commits of all replicas, a committer groups
 * them, a tailer follows the log for all feeds.
 */
@NullMarked
package ai.a5c.krate.storage.postgres;

import org.jspecify.annotations.NullMarked;
