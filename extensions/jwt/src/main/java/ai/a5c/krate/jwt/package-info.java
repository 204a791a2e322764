/** A local issuer of JSON Web Tokens (RFC 7519), signed with ES256 (RFC 7518) by rotating keys. */
@NullMarked
package ai.a5c.krate.jwt;

import org.jspecify.annotations.NullMarked;
