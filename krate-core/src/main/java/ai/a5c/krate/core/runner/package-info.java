/** Runner pools, the queue of jobs, and running them. */
@NullMarked
package ai.a5c.krate.core.runner;

import org.jspecify.annotations.NullMarked;
