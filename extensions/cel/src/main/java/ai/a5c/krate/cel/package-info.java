/**
 * CEL, the expression language of Kubernetes' admission policies, with the libraries that
 * kube-apiserver has.
 *
 * <p>Expressions are parsed and checked by cel-java. They are evaluated here, because its evaluator
 * has no bounds on time and memory.
 *
 * <p>Served: the standard functions and macros, {@code has}, optionals, comparisons of numbers
 * across their types; the extended strings (version 2, {@code format} included), sets, lists
 * (version 3) and comprehensions with two variables; and of Kubernetes lists, regex, url,
 * authorizer with selectors, quantity, ip, cidr, format and semver.
 *
 * <p>Not served, and therefore refused at compilation: constructing messages ({@code Object{}},
 * {@code JSONPatch{}}, the wrappers of protocol buffers), {@code jsonpatch.escapeKey}, the extended
 * math, encoders, protos and bindings libraries, {@code reverse} of strings, and {@code has} of a
 * variable whose name has a dot.
 */
@NullMarked
package ai.a5c.krate.cel;

import org.jspecify.annotations.NullMarked;
