/** Ways to a forge's API for suites that run against any forge: embedded, or a server by HTTP. */
@NullMarked
package ai.a5c.krate.testkit.api;

import org.jspecify.annotations.NullMarked;
