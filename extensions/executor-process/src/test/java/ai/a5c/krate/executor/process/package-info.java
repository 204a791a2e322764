@NullMarked
package ai.a5c.krate.executor.process;

import org.jspecify.annotations.NullMarked;
