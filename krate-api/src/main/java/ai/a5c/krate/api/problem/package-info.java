/** The closed set of refusals, and the Kubernetes Status that each becomes on the wire. */
@NullMarked
package ai.a5c.krate.api.problem;

import org.jspecify.annotations.NullMarked;
