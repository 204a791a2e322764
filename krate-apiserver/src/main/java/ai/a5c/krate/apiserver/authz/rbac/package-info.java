/**
 * Kubernetes' role-based access control: an index of roles and bindings, kept from the change log
 * and asked for every decision.
 */
@NullMarked
package ai.a5c.krate.apiserver.authz.rbac;

import org.jspecify.annotations.NullMarked;
