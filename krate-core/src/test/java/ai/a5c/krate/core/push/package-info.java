/** Tests of the door for Git, on a whole forge in memory whose commits are a graph of names. */
@NullMarked
package ai.a5c.krate.core.push;

import org.jspecify.annotations.NullMarked;
