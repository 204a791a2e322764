/** Objects in the store: read, planned, completed by slots, sealed and committed. */
@NullMarked
package ai.a5c.krate.apiserver.registry;

import org.jspecify.annotations.NullMarked;
