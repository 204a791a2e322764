@NullMarked
package ai.a5c.krate.core.forge;

import org.jspecify.annotations.NullMarked;
