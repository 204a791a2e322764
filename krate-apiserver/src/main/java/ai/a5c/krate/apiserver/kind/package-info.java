/**
 * Kinds as declarations: what schema, discovery, tables, validation and the reference are made
 * from.
 */
@NullMarked
package ai.a5c.krate.apiserver.kind;

import org.jspecify.annotations.NullMarked;
