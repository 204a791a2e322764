/**
 * What stands between a decoded object and its commit: one side may change it, the other may refuse
 * it.
 */
@NullMarked
package ai.a5c.krate.apiserver.admission;

import org.jspecify.annotations.NullMarked;
