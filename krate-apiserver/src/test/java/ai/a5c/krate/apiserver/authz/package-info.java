/** Who may do what. */
@NullMarked
package ai.a5c.krate.apiserver.authz;

import org.jspecify.annotations.NullMarked;
