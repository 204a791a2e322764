/** Tests of the index of roles and bindings, against an oracle that knows no index. */
@NullMarked
package ai.a5c.krate.apiserver.authz.rbac;

import org.jspecify.annotations.NullMarked;
