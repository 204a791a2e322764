/** The annotations by which a record declares the fields of a kind, once. */
@NullMarked
package ai.a5c.krate.api.schema;

import org.jspecify.annotations.NullMarked;
