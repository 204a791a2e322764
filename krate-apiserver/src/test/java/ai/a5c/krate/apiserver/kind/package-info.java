/** Tests of kinds as declarations. */
@NullMarked
package ai.a5c.krate.apiserver.kind;

import org.jspecify.annotations.NullMarked;
