/** Objects, their documents and seals. */
@NullMarked
package ai.a5c.krate.apiserver.registry;

import org.jspecify.annotations.NullMarked;
