/** Who may do what: roles and bindings, the reviews that ask, and the roles of the forge. */
@NullMarked
package ai.a5c.krate.core.access;

import org.jspecify.annotations.NullMarked;
