/** Merging: computed in quarantine when a pull request asks for it, committed with it. */
@NullMarked
package ai.a5c.krate.core.merge;

import org.jspecify.annotations.NullMarked;
