/** A room that keeps the rules. */
@NullMarked
package ai.a5c.krate.archtests.house.core.merge;

import org.jspecify.annotations.NullMarked;
