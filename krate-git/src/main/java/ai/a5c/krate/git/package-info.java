/**
 * The Git backend on JGit: packs and objects are files, refs are rows of the record store.
 *
 * <p>Everything happens in this process; no {@code git} binary is ever started, and nothing is
 * checked out. The live folders hold no refs, so only this backend may collect garbage in them.
 */
@NullMarked
package ai.a5c.krate.git;

import org.jspecify.annotations.NullMarked;
