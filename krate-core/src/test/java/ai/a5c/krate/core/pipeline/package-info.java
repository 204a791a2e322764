/** Tests of the room of pipelines. */
@NullMarked
package ai.a5c.krate.core.pipeline;

import org.jspecify.annotations.NullMarked;
