/** The forge in one object: what an application embeds. */
@NullMarked
package ai.a5c.krate.core;

import org.jspecify.annotations.NullMarked;
