@NullMarked
package ai.a5c.krate.apiserver.policy;

import org.jspecify.annotations.NullMarked;
