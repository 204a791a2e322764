package ai.a5c.krate.cel;

import ai.a5c.krate.cel.library.Libraries;
import ai.a5c.krate.cel.library.Types;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.ValueType;
import ai.a5c.krate.spi.expression.ValueType.Structure;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.bundle.CelBuilder;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The variables of an expression and the structures their types speak of, as cel-java has them. */
final class Environment {
  /** The types that expressions may name. */
  private static final List<CelType> NAMED =
      Stream.concat(
              Libraries.types().stream(), Stream.of(SimpleType.TIMESTAMP, SimpleType.DURATION))
          .toList();

  private final Map<String, CelType> variables = new TreeMap<>();
  private final Map<String, StructType> structures = new TreeMap<>();

  /** What an expression evaluates to, with the structures that its type may speak of. */
  private record Typed(CelType type, Map<String, StructType> structures)
      implements ValueType.Native {}

  Environment(Declarations declarations) {
    declarations.variables().forEach((name, type) -> variables.put(name, convert(type)));
  }

  void addTo(CelBuilder builder) {
    variables.forEach(builder::addVar);
    Map<String, CelType> types = new TreeMap<>(structures);
    NAMED.forEach(type -> types.put(type.name(), type));
    builder.setTypeProvider(new NamedTypes(ImmutableMap.copyOf(types)));
  }

  /** The names of the variables. */
  Set<String> names() {
    return Set.copyOf(variables.keySet());
  }

  /** The type as the SPI has it. */
  ValueType typeOf(CelType type) {
    return new Typed(type, Map.copyOf(structures));
  }

  private CelType convert(ValueType type) {
    return switch (type) {
      case ValueType.Basic basic -> convert(basic);
      case ValueType.ListOf(var item) -> ListType.create(convert(item));
      case ValueType.MapOf(var value) -> MapType.create(SimpleType.STRING, convert(value));
      case Structure structure -> reference(structure);
      case Typed typed -> {
        structures.putAll(typed.structures());
        yield typed.type();
      }
      case ValueType.Native other ->
          throw new IllegalArgumentException("a type of another language: " + other);
    };
  }

  private static CelType convert(ValueType.Basic basic) {
    return switch (basic) {
      case DYNAMIC -> SimpleType.DYN;
      case BOOL -> SimpleType.BOOL;
      case INT -> SimpleType.INT;
      case DOUBLE -> SimpleType.DOUBLE;
      case STRING -> SimpleType.STRING;
      case TIMESTAMP -> SimpleType.TIMESTAMP;
      case DURATION -> SimpleType.DURATION;
      case AUTHORIZER -> Types.AUTHORIZER;
      case RESOURCE_CHECK -> Types.RESOURCE_CHECK;
    };
  }

  private CelType reference(Structure structure) {
    Map<String, CelType> converted = new TreeMap<>();
    structure.fields().forEach((name, type) -> converted.put(name, convert(type)));
    ImmutableMap<String, CelType> fields = ImmutableMap.copyOf(converted);
    structures.put(
        structure.name(),
        StructType.create(
            structure.name(), fields.keySet(), field -> Optional.ofNullable(fields.get(field))));
    return StructTypeReference.create(structure.name());
  }

  private record NamedTypes(ImmutableMap<String, CelType> byName) implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return byName.values();
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.ofNullable(byName.get(name));
    }
  }
}
