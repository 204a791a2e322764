/** Tests of reviews, checks and merging, on a whole forge in memory with a graph of commits. */
@NullMarked
package ai.a5c.krate.core.review;

import org.jspecify.annotations.NullMarked;
