package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.api.meta.Bytes;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a checked expression into a program. Used once, by one thread.
 *
 * <p>The functions of the language are looked up here, so an expression that names one that is not
 * served is refused before it is ever evaluated.
 */
public final class Planner {
  /** Something that is checked, but not served. */
  public static final class NotServedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long expression;

    NotServedException(long expression, String message) {
      super(message);
      this.expression = expression;
    }

    /** The id of the part of the expression that is not served. */
    public long expression() {
      return expression;
    }
  }

  private record Scope(@Nullable Scope outer, String name, int slot) {
    static @Nullable Scope with(@Nullable Scope outer, String name, int slot) {
      return new Scope(outer, name, slot);
    }
  }

  private static final String ACCUMULATOR = "@result";

  private final Map<Long, CelReference> references;
  private final Map<Long, CelType> types;
  private final Functions functions;
  private final ConstantFolding constants;
  private final Set<String> variables;
  private int slots;

  /** Prepares an argument that is a constant, so that its work is done once. */
  @FunctionalInterface
  public interface ConstantFolding {
    /**
     * The argument to call the function with instead.
     *
     * @throws NoValue if no call with this constant can have a value
     */
    Object prepare(String function, int index, Object constant);
  }

  private Planner(
      CelAbstractSyntaxTree ast,
      Functions functions,
      ConstantFolding constants,
      Set<String> variables) {
    this.variables = variables;
    this.references = ast.getReferenceMap();
    this.types = ast.getTypeMap();
    this.functions = functions;
    this.constants = constants;
  }

  /**
   * Makes the program.
   *
   * @param variables the names of the variables; other names are those of types
   * @throws NotServedException if the expression uses what is not served
   */
  public static Program plan(
      CelAbstractSyntaxTree ast,
      Functions functions,
      ConstantFolding constants,
      Set<String> variables) {
    Planner planner = new Planner(ast, functions, constants, variables);
    Node root = planner.node(ast.getExpr(), null);
    return new Program(root, planner.slots);
  }

  private Node node(CelExpr expression, @Nullable Scope scope) {
    return switch (expression.getKind()) {
      case CONSTANT -> constant(value(expression, expression.constant()));
      case IDENT -> identifier(expression, scope);
      case SELECT -> select(expression, scope);
      case CALL -> call(expression, scope);
      case LIST -> list(expression, scope);
      case MAP -> map(expression, scope);
      case COMPREHENSION -> fold(expression, scope);
      case STRUCT ->
          throw new NotServedException(
              expression.id(),
              "message construction is not served: " + expression.struct().messageName() + "{}");
      case NOT_SET -> throw new NotServedException(expression.id(), "an empty expression");
    };
  }

  private static Node constant(@Nullable Object value) {
    return frame -> value;
  }

  private static @Nullable Object value(CelExpr expression, CelConstant constant) {
    return switch (constant.getKind()) {
      case NULL_VALUE -> null;
      case BOOLEAN_VALUE -> constant.booleanValue();
      case INT64_VALUE -> constant.int64Value();
      case UINT64_VALUE -> new Unsigned(constant.uint64Value().longValue());
      case DOUBLE_VALUE -> constant.doubleValue();
      case STRING_VALUE -> constant.stringValue();
      case BYTES_VALUE -> Bytes.owning(constant.bytesValue().toByteArray());
      default -> throw new NotServedException(expression.id(), "a constant of " + constant);
    };
  }

  private Node identifier(CelExpr expression, @Nullable Scope scope) {
    CelReference reference = references.get(expression.id());
    if (reference != null && reference.value().isPresent()) {
      return constant(value(expression, reference.value().get()));
    }
    String named = reference == null ? expression.ident().name() : reference.name();
    String name = named.startsWith(".") ? named.substring(1) : named;
    for (Scope at = named.startsWith(".") ? null : scope; at != null; at = at.outer()) {
      if (at.name().equals(name)) {
        int slot = at.slot();
        return frame -> frame.local(slot);
      }
    }
    CelType type = types.get(expression.id());
    if (type != null && type.kind() == CelKind.TYPE && !variables.contains(name)) {
      return constant(new TypeName(name));
    }
    return frame -> {
      frame.meter().step();
      return frame.variable(name);
    };
  }

  private Node select(CelExpr expression, @Nullable Scope scope) {
    Node operand = node(expression.select().operand(), scope);
    String field = expression.select().field();
    return expression.select().testOnly()
        ? Members.present(operand, field)
        : Members.field(operand, field);
  }

  private Node call(CelExpr expression, @Nullable Scope scope) {
    CelCall call = expression.call();
    List<CelExpr> operands = new ArrayList<>();
    call.target().ifPresent(operands::add);
    operands.addAll(call.args());
    Optional<Node> special = special(call.function(), operands, scope);
    if (special.isPresent()) {
      return special.get();
    }
    Function function =
        functions
            .named(call.function())
            .orElseThrow(
                () ->
                    new NotServedException(
                        expression.id(), "the function " + call.function() + " is not served"));
    return invocation(expression.id(), call.function(), function, operands, scope);
  }

  private Node invocation(
      long id, String name, Function function, List<CelExpr> operands, @Nullable Scope scope) {
    Node[] arguments = new Node[operands.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(id, name, i, operands.get(i), scope);
    }
    return frame -> {
      frame.meter().step();
      @Nullable Object[] values = new @Nullable Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = arguments[i].evaluate(frame);
      }
      return function.apply(new Call(name, frame.meter(), values));
    };
  }

  private Node argument(
      long id, String function, int index, CelExpr operand, @Nullable Scope scope) {
    if (operand.getKind() == Kind.CONSTANT) {
      Object value = value(operand, operand.constant());
      if (value != null) {
        try {
          return constant(constants.prepare(function, index, value));
        } catch (NoValue e) {
          throw new NotServedException(id, e.why());
        }
      }
    }
    return node(operand, scope);
  }

  private Optional<Node> special(String function, List<CelExpr> all, @Nullable Scope scope) {
    return switch (function) {
      case "_&&_" ->
          Optional.of(Logic.absorbing(false, "_&&_", at(all, 0, scope), at(all, 1, scope)));
      case "_||_" ->
          Optional.of(Logic.absorbing(true, "_||_", at(all, 0, scope), at(all, 1, scope)));
      case "_?_:_" ->
          Optional.of(Logic.conditional(at(all, 0, scope), at(all, 1, scope), at(all, 2, scope)));
      case "@not_strictly_false", "__not_strictly_false__" ->
          Optional.of(Logic.notStrictlyFalse(at(all, 0, scope)));
      case "_[_]" -> Optional.of(Members.index(at(all, 0, scope), at(all, 1, scope)));
      case "_[?_]" -> Optional.of(Members.optionalIndex(at(all, 0, scope), at(all, 1, scope)));
      case "_?._" ->
          Optional.of(
              Members.optionalField(at(all, 0, scope), all.get(1).constant().stringValue()));
      case "or", "orValue" -> Optional.of(alternative(function, all, scope));
      case "_+_" -> growingList(all, scope);
      case "cel.@mapInsert" -> Optional.of(growingMap(all, scope));
      default -> Optional.empty();
    };
  }

  private Node at(List<CelExpr> operands, int index, @Nullable Scope scope) {
    return node(operands.get(index), scope);
  }

  private Node alternative(String function, List<CelExpr> operands, @Nullable Scope scope) {
    Node first = at(operands, 0, scope);
    Node second = at(operands, 1, scope);
    boolean unwrap = function.equals("orValue");
    return frame -> {
      frame.meter().step();
      if (!(first.evaluate(frame) instanceof Maybe maybe)) {
        throw new NoValue("no such overload: " + function + " of a value that is not optional");
      }
      if (!maybe.present()) {
        return second.evaluate(frame);
      }
      return unwrap ? maybe.value() : maybe;
    };
  }

  /** The hidden accumulator of a macro, which only the macro's own step can name. */
  private static boolean isHidden(CelExpr expression) {
    return expression.getKind() == Kind.IDENT && expression.ident().name().equals(ACCUMULATOR);
  }

  private Optional<Node> growingList(List<CelExpr> operands, @Nullable Scope scope) {
    if (!isHidden(operands.get(0)) || operands.get(1).getKind() != Kind.LIST) {
      return Optional.empty();
    }
    Node list = at(operands, 0, scope);
    Node more = at(operands, 1, scope);
    return Optional.of(
        frame -> {
          if (list.evaluate(frame) instanceof Items items
              && more.evaluate(frame) instanceof Items added) {
            for (Object item : added) {
              frame.meter().item();
              items.append(item);
            }
            return items;
          }
          throw new NoValue("no such overload: _+_");
        });
  }

  private Node growingMap(List<CelExpr> operands, @Nullable Scope scope) {
    Node map = at(operands, 0, scope);
    Node first = at(operands, 1, scope);
    Node second = operands.size() == 3 ? at(operands, 2, scope) : null;
    return frame -> {
      if (!(map.evaluate(frame) instanceof Entries entries)) {
        throw new NoValue("no such overload: an entry for what is not a map");
      }
      Object keyOrMap = first.evaluate(frame);
      if (second != null) {
        frame.meter().entry();
        entries.insert(keyOrMap, second.evaluate(frame));
        return entries;
      }
      if (!(keyOrMap instanceof Map<?, ?> more)) {
        throw new NoValue("no such overload: entries from what is not a map");
      }
      for (Map.Entry<?, ?> entry : more.entrySet()) {
        frame.meter().step();
        frame.meter().entry();
        entries.insert(entry.getKey(), entry.getValue());
      }
      return entries;
    };
  }

  private Node list(CelExpr expression, @Nullable Scope scope) {
    List<Literals.Element> elements = new ArrayList<>();
    List<CelExpr> items = expression.list().elements();
    for (int i = 0; i < items.size(); i++) {
      boolean optional = expression.list().optionalIndices().contains(i);
      elements.add(new Literals.Element(node(items.get(i), scope), optional));
    }
    return Literals.list(elements);
  }

  private Node map(CelExpr expression, @Nullable Scope scope) {
    List<Node> keys = new ArrayList<>();
    List<Literals.Element> values = new ArrayList<>();
    for (CelExpr.CelMap.Entry entry : expression.map().entries()) {
      keys.add(node(entry.key(), scope));
      values.add(new Literals.Element(node(entry.value(), scope), entry.optionalEntry()));
    }
    return Literals.map(keys, values);
  }

  private Node fold(CelExpr expression, @Nullable Scope scope) {
    CelComprehension loop = expression.comprehension();
    int accumulator = slots++;
    int first = slots++;
    int second = loop.iterVar2().isEmpty() ? Fold.NONE : slots++;
    Node range = node(loop.iterRange(), scope);
    Node init = node(loop.accuInit(), scope);
    Scope result = Scope.with(scope, loop.accuVar(), accumulator);
    Scope step = Scope.with(result, loop.iterVar(), first);
    if (second != Fold.NONE) {
      step = Scope.with(step, loop.iterVar2(), second);
    }
    CelExpr condition = loop.loopCondition();
    boolean unconditional =
        condition.getKind() == Kind.CONSTANT
            && condition.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE;
    return new Fold(
        range,
        init,
        node(condition, step),
        node(loop.loopStep(), step),
        node(loop.result(), result),
        new Fold.Slots(first, second, accumulator),
        unconditional);
  }
}
