/**
 * The kinds of the group {@code config.krate.a5c.ai}: small declarative documents, never records of
 * activity.
 */
@NullMarked
package ai.a5c.krate.api.config;

import org.jspecify.annotations.NullMarked;
