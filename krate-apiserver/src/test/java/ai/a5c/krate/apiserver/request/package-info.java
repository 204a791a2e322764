/** The road of a mutation and the readings beside it, over a store in memory. */
@NullMarked
package ai.a5c.krate.apiserver.request;

import org.jspecify.annotations.NullMarked;
