/** What one repository lets people do: permissions and visibility, projected into RBAC. */
@NullMarked
package ai.a5c.krate.core.permission;

import org.jspecify.annotations.NullMarked;
