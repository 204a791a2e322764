/** What runs the steps of pipelines, isolated from everything else on its host. */
@NullMarked
@CheckReturnValue
package ai.a5c.krate.spi.executor;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
