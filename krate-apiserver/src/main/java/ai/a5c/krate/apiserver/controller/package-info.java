/** Controllers: they watch levels and write through the same road as everyone else. */
@NullMarked
package ai.a5c.krate.apiserver.controller;

import org.jspecify.annotations.NullMarked;
