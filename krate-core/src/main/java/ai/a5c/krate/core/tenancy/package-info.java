/** Organizations, the namespaces that they own, and the secrets in them. */
@NullMarked
package ai.a5c.krate.core.tenancy;

import org.jspecify.annotations.NullMarked;
