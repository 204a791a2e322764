package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All rules of a house. */
final class Rules {
  private static final List<String> BANNED_ENDINGS =
      List.of("Manager", "Helper", "Util", "Utils", "Impl");

  private Rules() {}

  static Stream<Rule> of(House house) {
    return Stream.of(
            Stream.of(lookDown(house), rooms(house)),
            HallRules.of(house),
            PlatformRules.of(house),
            Stream.of(names(house), nullMarked(house), checkedResults(house)))
        .flatMap(rules -> rules);
  }

  private static Rule lookDown(House house) {
    return new Rule(
        "modules look down, never up and never sideways",
        house::contains,
        400,
        type -> upward(house, type),
        Map.of(),
        "LooksUp");
  }

  private static List<String> upward(House house, JavaClass type) {
    String module = house.moduleOf(type).orElse("");
    return Faults.dependencies(
        type,
        target ->
            house.contains(target)
                && !house.moduleOf(target).filter(m -> House.maySee(module, m)).isPresent());
  }

  private static Rule rooms(House house) {
    return new Rule(
        "rooms never import one another",
        type -> house.isIn(type, "core") && !room(house, type).isEmpty(),
        60,
        type ->
            Faults.dependencies(
                type,
                target -> {
                  String other = house.isIn(target, "core") ? room(house, target) : "forge";
                  return !other.equals("forge") && !other.equals(room(house, type));
                }),
        Map.of(),
        "Neighbour");
  }

  /** The room of a class of core; empty for the facade, which wires all. */
  private static String room(House house, JavaClass type) {
    String below = type.getPackageName().substring((house.root() + ".core").length());
    return below.isEmpty() ? "" : below.substring(1).split("\\.", -1)[0];
  }

  private static Rule names(House house) {
    return new Rule(
        "no name ends in Manager, Helper, Util, Utils or Impl",
        house::contains,
        400,
        type ->
            BANNED_ENDINGS.stream().anyMatch(type.getSimpleName()::endsWith)
                ? List.of(type.getName())
                : List.of(),
        Map.of(),
        "PackManager");
  }

  private static Rule nullMarked(House house) {
    return annotated(
        house, "every package is @NullMarked", "org.jspecify.annotations.NullMarked", "", 400);
  }

  private static Rule checkedResults(House house) {
    return annotated(
        house,
        "results of an SPI cannot be ignored",
        "com.google.errorprone.annotations.CheckReturnValue",
        "spi",
        40);
  }

  private static Rule annotated(
      House house, String name, String annotation, String module, int least) {
    return new Rule(
        name,
        type -> module.isEmpty() ? house.contains(type) : house.isIn(type, module),
        least,
        type ->
            type.getPackage().isAnnotatedWith(annotation)
                ? List.of()
                : List.of(type.getPackageName() + " is not annotated with " + annotation),
        Map.of(),
        "LooksUp");
  }
}
