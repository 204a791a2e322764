/** Tests of what every room knows of the forge. */
@NullMarked
package ai.a5c.krate.core.forge;

import org.jspecify.annotations.NullMarked;
