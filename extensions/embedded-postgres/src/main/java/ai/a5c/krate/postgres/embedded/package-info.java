/** PostgreSQL's own binaries, unpacked, started, watched and stopped by Krate. */
@NullMarked
package ai.a5c.krate.postgres.embedded;

import org.jspecify.annotations.NullMarked;
