/** Tests of what one tenant may not see of another, over the whole forge in memory. */
@NullMarked
package ai.a5c.krate.core.tenants;

import org.jspecify.annotations.NullMarked;
