/** The command line: reads settings, keeps the data folder, and wires the concrete classes. */
@NullMarked
package ai.a5c.krate.cli;

import org.jspecify.annotations.NullMarked;
