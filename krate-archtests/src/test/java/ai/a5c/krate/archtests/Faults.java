package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Finds in a class what rules are about. */
final class Faults {
  private Faults() {}

  /** The dependencies on such classes. */
  static List<String> dependencies(JavaClass type, Predicate<JavaClass> target) {
    return type.getDirectDependenciesFromSelf().stream()
        .filter(dependency -> target.test(dependency.getTargetClass()))
        .map(dependency -> dependency.getDescription())
        .toList();
  }

  /** The calls of, and references to, such methods and constructors. */
  static List<String> uses(JavaClass type, Predicate<CodeUnitAccessTarget> target) {
    return type.getCodeUnitAccessesFromSelf().stream()
        .filter(access -> target.test(access.getTarget()))
        .map(access -> access.getDescription())
        .toList();
  }

  /** The same within one method. */
  static List<String> uses(JavaCodeUnit unit, Predicate<CodeUnitAccessTarget> target) {
    return uses(unit.getOwner(), target).stream()
        .filter(text -> text.contains(unit.getFullName()))
        .toList();
  }

  /** The string constants of a class, which ArchUnit does not read: JVMS 4.4. */
  static List<String> strings(JavaClass type) {
    try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      return strings(new DataInputStream(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> strings(DataInputStream in) throws IOException {
    in.skipNBytes(8);
    int count = in.readUnsignedShort();
    Map<Integer, String> texts = new HashMap<>();
    List<Integer> constants = new ArrayList<>();
    for (int index = 1; index < count; index++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts.put(index, in.readUTF());
        case 8 -> constants.add(in.readUnsignedShort());
        case 7, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          index++; // long and double take two places
        }
        default -> throw new IOException("constant " + tag);
      }
    }
    return constants.stream().map(texts::get).toList();
  }
}
