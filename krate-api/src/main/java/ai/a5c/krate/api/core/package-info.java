/** The few of Kubernetes' own kinds that a standalone server offers, and what the kinds share. */
@NullMarked
package ai.a5c.krate.api.core;

import org.jspecify.annotations.NullMarked;
