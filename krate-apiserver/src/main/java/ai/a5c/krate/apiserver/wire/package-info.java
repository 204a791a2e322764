/**
 * The forms of the wire: selectors, patches, tables, protobuf and the choice between media types.
 */
@NullMarked
package ai.a5c.krate.apiserver.wire;

import org.jspecify.annotations.NullMarked;
