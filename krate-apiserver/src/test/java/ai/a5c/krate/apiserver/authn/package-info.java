@NullMarked
package ai.a5c.krate.apiserver.authn;

import org.jspecify.annotations.NullMarked;
