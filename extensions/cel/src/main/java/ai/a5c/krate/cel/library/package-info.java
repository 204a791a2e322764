/**
 * The functions of the language and of its Kubernetes libraries: what they are called and what they
 * do.
 *
 * <p>For the inside of this module only.
 */
@NullMarked
package ai.a5c.krate.cel.library;

import org.jspecify.annotations.NullMarked;
