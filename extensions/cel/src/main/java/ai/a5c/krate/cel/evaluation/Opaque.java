package ai.a5c.krate.cel.evaluation;

/** A value of a library's own type: a quantity, an address, an authorizer. Equal by value. */
public interface Opaque {
  /** The name of its type, as {@code type(x)} has it. */
  String typeName();
}
