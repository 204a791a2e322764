package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Function;
import ai.a5c.krate.cel.evaluation.Functions;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what functions are called, what types they have and what they do. */
final class Catalog {
  private final Map<String, List<CelOverloadDecl>> overloads = new TreeMap<>();
  private final Functions.Builder functions = new Functions.Builder();

  /** Declares a function that is called as {@code name(arguments)}. */
  Catalog global(String name, CelType result, CelType... arguments) {
    overloadsOf(name)
        .add(CelOverloadDecl.newGlobalOverload(id("", name, arguments), result, arguments));
    return this;
  }

  /** Declares a function that is called as {@code receiver.name(arguments)}. */
  Catalog member(String name, CelType result, CelType... receiverAndArguments) {
    overloadsOf(name)
        .add(
            CelOverloadDecl.newMemberOverload(
                id("member_", name, receiverAndArguments), result, receiverAndArguments));
    return this;
  }

  /** Says what a function does; variants are tried in the order in which they were added. */
  Catalog serve(String name, Class<?> first, Function function) {
    functions.add(name, first, function);
    return this;
  }

  List<CelFunctionDecl> declarations() {
    List<CelFunctionDecl> declarations = new ArrayList<>();
    overloads.forEach(
        (name, all) -> declarations.add(CelFunctionDecl.newFunctionDeclaration(name, all)));
    return declarations;
  }

  Functions functions() {
    return functions.build();
  }

  private List<CelOverloadDecl> overloadsOf(String name) {
    return overloads.computeIfAbsent(name, any -> new ArrayList<>());
  }

  private static String id(String style, String name, CelType... types) {
    StringBuilder id = new StringBuilder("krate_").append(style).append(name);
    for (CelType type : types) {
      id.append('_').append(type.name());
      type.parameters().forEach(parameter -> id.append('_').append(parameter.name()));
    }
    return id.toString();
  }
}
