/** The kinds of the group {@code krate.a5c.ai}: records of what happens in a forge. */
@NullMarked
package ai.a5c.krate.api.records;

import org.jspecify.annotations.NullMarked;
