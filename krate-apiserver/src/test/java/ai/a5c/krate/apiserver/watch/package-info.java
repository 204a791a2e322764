/** Watches of the committed history. */
@NullMarked
package ai.a5c.krate.apiserver.watch;

import org.jspecify.annotations.NullMarked;
