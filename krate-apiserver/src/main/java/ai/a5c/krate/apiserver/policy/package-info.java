/** Admission policies that are objects themselves: compiled when they change, asked on the road. */
@NullMarked
package ai.a5c.krate.apiserver.policy;

import org.jspecify.annotations.NullMarked;
