/** Tests of the room of webhooks, with a store in memory and real receivers. */
@NullMarked
package ai.a5c.krate.core.hook;

import org.jspecify.annotations.NullMarked;
