/** The audit trail: who did what, allowed or refused, and the command that does it again. */
@NullMarked
package ai.a5c.krate.apiserver.audit;

import org.jspecify.annotations.NullMarked;
