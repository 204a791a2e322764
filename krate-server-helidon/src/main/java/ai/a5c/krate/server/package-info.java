/** The reference server: the Kubernetes API and Git's smart HTTP on one TLS listener. */
@NullMarked
package ai.a5c.krate.server;

import org.jspecify.annotations.NullMarked;
