/** Kubernetes' policies on admission, and the bindings that put them into force. */
@NullMarked
package ai.a5c.krate.api.admission;

import org.jspecify.annotations.NullMarked;
