/**
 * The published conformance suite of the Kubernetes API, for anything that answers as an {@link
 * ai.a5c.krate.api.ApiEndpoint}: embedded, by HTTP, or a stranger's server.
 */
@NullMarked
package ai.a5c.krate.testkit.api;

import org.jspecify.annotations.NullMarked;
