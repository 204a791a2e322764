/** Tests of the audit trail's own parts. */
@NullMarked
package ai.a5c.krate.apiserver.audit;

import org.jspecify.annotations.NullMarked;
