/** How people get what proves who they are. */
@NullMarked
package ai.a5c.krate.api.authentication;

import org.jspecify.annotations.NullMarked;
