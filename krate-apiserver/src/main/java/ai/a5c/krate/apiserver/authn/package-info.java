/** Who asks: what the transport verified, and the tokens that people show. */
@NullMarked
package ai.a5c.krate.apiserver.authn;

import org.jspecify.annotations.NullMarked;
