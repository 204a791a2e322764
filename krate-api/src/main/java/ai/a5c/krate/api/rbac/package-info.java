/** Kubernetes' roles and bindings, and the reviews that ask what they allow. */
@NullMarked
package ai.a5c.krate.api.rbac;

import org.jspecify.annotations.NullMarked;
