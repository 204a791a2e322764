/**
 * The room of webhooks: committed changes become deliveries, and deliveries are sent until they
 * arrive.
 */
@NullMarked
package ai.a5c.krate.core.hook;

import org.jspecify.annotations.NullMarked;
