/** The rules of the house, each with the proof that it looks and that it can fail. */
@NullMarked
package ai.a5c.krate.archtests;

import org.jspecify.annotations.NullMarked;
