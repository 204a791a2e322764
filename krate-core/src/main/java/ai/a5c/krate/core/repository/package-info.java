/** Repositories: their Git data comes and goes with them. */
@NullMarked
package ai.a5c.krate.core.repository;

import org.jspecify.annotations.NullMarked;
