/** A PostgreSQL for tests: one server for a whole run, a database of its own for each test. */
@NullMarked
package ai.a5c.krate.testkit.database;

import org.jspecify.annotations.NullMarked;
