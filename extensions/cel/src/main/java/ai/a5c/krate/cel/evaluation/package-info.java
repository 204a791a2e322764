/**
 * Evaluation of checked expressions: each step is paid for from a budget, and every value knows
 * what it costs.
 *
 * <p>For the inside of this module only.
 */
@NullMarked
package ai.a5c.krate.cel.evaluation;

import org.jspecify.annotations.NullMarked;
