/**
 * What every room knows of the forge: its kinds, and where repositories live. Rooms import this and
 * never one another.
 */
@NullMarked
package ai.a5c.krate.core.forge;

import org.jspecify.annotations.NullMarked;
