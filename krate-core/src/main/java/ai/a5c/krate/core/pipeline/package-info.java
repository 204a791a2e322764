/**
 * The room of pipelines: workflow files, what starts them, how far their code is trusted, their
 * jobs and their checks.
 */
@NullMarked
package ai.a5c.krate.core.pipeline;

import org.jspecify.annotations.NullMarked;
