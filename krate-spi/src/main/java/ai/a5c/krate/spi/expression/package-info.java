/**
 * The expression language of admission policies: compiling once, evaluating often, and never more
 * than a budget allows.
 */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.expression;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
