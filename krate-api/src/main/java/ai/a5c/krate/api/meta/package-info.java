/** Identifiers and small values that every floor shares. */
@NullMarked
package ai.a5c.krate.api.meta;

import org.jspecify.annotations.NullMarked;
