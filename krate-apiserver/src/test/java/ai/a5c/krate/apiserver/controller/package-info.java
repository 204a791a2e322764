/** Controllers and their queue. */
@NullMarked
package ai.a5c.krate.apiserver.controller;

import org.jspecify.annotations.NullMarked;
