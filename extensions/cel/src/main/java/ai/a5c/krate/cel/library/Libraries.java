package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Functions;
import ai.a5c.krate.cel.evaluation.Planner.ConstantFolding;
import ai.a5c.krate.spi.expression.Access;
import ai.a5c.krate.spi.expression.AccessTarget;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.CelType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All functions that are served: how they are declared and what they do. Immutable. */
public final class Libraries implements ConstantFolding {
  private final List<CelFunctionDecl> declarations;
  private final Functions functions;

  public Libraries() {
    Catalog catalog = new Catalog();
    Operators.addTo(catalog);
    Conversions.addTo(catalog);
    Times.addTo(catalog);
    Optionals.addTo(catalog);
    Strings.addTo(catalog);
    Lists.addTo(catalog);
    Sets.addTo(catalog);
    Regexes.addTo(catalog);
    Urls.addTo(catalog);
    Quantities.addTo(catalog);
    Addresses.addTo(catalog);
    Formats.addTo(catalog);
    Semvers.addTo(catalog);
    Authorization.addTo(catalog);
    this.declarations = List.copyOf(catalog.declarations());
    this.functions = catalog.functions();
  }

  /** The functions beyond those of the language itself. */
  public List<CelFunctionDecl> declarations() {
    return declarations;
  }

  /** What all functions do. */
  public Functions functions() {
    return functions;
  }

  /** The types of values that libraries make. */
  public static List<CelType> types() {
    return List.of(
        Types.AUTHORIZER,
        Types.PATH_CHECK,
        Types.GROUP_CHECK,
        Types.RESOURCE_CHECK,
        Types.DECISION,
        Types.URL,
        Types.QUANTITY,
        Types.SEMVER,
        Types.FORMAT,
        Types.IP,
        Types.CIDR);
  }

  /**
   * The value of a variable as the libraries see it: what can be asked about rights has a type of
   * theirs.
   */
  public static @Nullable Object imported(@Nullable Object value) {
    return switch (value) {
      case Access access -> new Rights.Authorizer(access, new Access.Principal.Requester());
      case AccessTarget target -> new Rights.ResourceCheck(target);
      case null, default -> value;
    };
  }

  @Override
  public Object prepare(String function, int index, Object constant) {
    if (constant instanceof String text) {
      if (Regexes.takesRegex(function, index)) {
        return Regex.compile(text);
      }
      if (index == 0 && function.equals("timestamp")) {
        return Times.instant(text);
      }
      if (index == 0 && function.equals("duration")) {
        return Times.duration(text);
      }
    }
    return constant;
  }
}
