/** The one road that every request takes, its stages as types. */
@NullMarked
package ai.a5c.krate.apiserver.request;

import org.jspecify.annotations.NullMarked;
