/** Who may do what: one question, three answers, and silence is a denial. */
@NullMarked
package ai.a5c.krate.apiserver.authz;

import org.jspecify.annotations.NullMarked;
