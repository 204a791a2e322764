package ai.a5c.krate.spi.expression;

/**
 * A question about rights that lacks its verb: the value of a variable of type {@link
 * ValueType.Basic#RESOURCE_CHECK}, such as {@code authorizer.requestResource}.
 */
public record AccessTarget(Access access, Access.Principal who, Access.Target target) {}
