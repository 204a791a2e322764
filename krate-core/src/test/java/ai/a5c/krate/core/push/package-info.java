/** Tests of the push gate. */
@NullMarked
package ai.a5c.krate.core.push;

import org.jspecify.annotations.NullMarked;
