/** The door for Git: fetches, and pushes that take the road of every mutation. */
@NullMarked
package ai.a5c.krate.core.push;

import org.jspecify.annotations.NullMarked;
