/** BranchProtections: what they must be like, and who may write them. */
@NullMarked
package ai.a5c.krate.core.protection;

import org.jspecify.annotations.NullMarked;
