@NullMarked
package ai.a5c.krate.core.identity;

import org.jspecify.annotations.NullMarked;
