/** Git's own words: object ids and ref names. */
@NullMarked
package ai.a5c.krate.api.git;

import org.jspecify.annotations.NullMarked;
