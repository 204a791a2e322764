/** Tests of roles, bindings and reviews on a server with a store in memory. */
@NullMarked
package ai.a5c.krate.core.access;

import org.jspecify.annotations.NullMarked;
