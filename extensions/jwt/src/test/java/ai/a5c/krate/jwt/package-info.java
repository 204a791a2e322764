@NullMarked
package ai.a5c.krate.jwt;

import org.jspecify.annotations.NullMarked;
