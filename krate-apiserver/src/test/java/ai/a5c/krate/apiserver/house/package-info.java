/** A server in memory, with kinds to play with, for the tests of the hall. */
@NullMarked
package ai.a5c.krate.apiserver.house;

import org.jspecify.annotations.NullMarked;
