package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the hall, a Kubernetes API as a library, must not know, and what only it may do. */
final class HallRules {
  private static final Pattern FORGE_WORDS =
      Pattern.compile(
          "(?i)pull ?request|repositor|webhook|organi[sz]ation|branch|issues?\\b|merge|runner|pipeline");

  /** Words of Kubernetes and of the store that are spelt like ours. */
  private static final Pattern OTHER_WORDS =
      Pattern.compile(
          "(?i)(strategic[- _])?merge[- _]patch|merge key|^merge$|one of merge, replace and delete"
              + "|StrategicMerge|MergedList");

  private static final List<String> STAGES =
      List.of(
          "Received",
          "Authenticated",
          "Authorized",
          "Decoded",
          "Claimed",
          "Mutated",
          "Prepared",
          "Validated",
          "Admitted");

  private HallRules() {}

  static Stream<Rule> of(House house) {
    return Stream.of(ownKinds(house), forgeWords(house), stagesInOrder(house), stages(house));
  }

  private static Rule ownKinds(House house) {
    return new Rule(
        "the hall does not know the kinds of the forge",
        type -> house.isIn(type, "apiserver"),
        100,
        type ->
            Faults.dependencies(
                type, t -> house.isInAny(t, List.of("api.config", "api.records", "api.git"))),
        Map.of(
            "apiserver.registry.Step", "refs are rows of the store, and a step moves them",
            "apiserver.registry.Rehearsal", "asks the store what it would say of a step"),
        "KnowsThings");
  }

  private static Rule forgeWords(House house) {
    return new Rule(
        "the hall knows no word of the forge",
        type -> house.isIn(type, "apiserver"),
        100,
        HallRules::forgeWords,
        Map.of("apiserver.registry.Step", "names the components of the store's operations on refs"),
        "PullRequestCounter");
  }

  private static List<String> forgeWords(JavaClass type) {
    List<String> said = new ArrayList<>(Faults.strings(type));
    said.add(type.getSimpleName());
    return said.stream()
        .filter(text -> FORGE_WORDS.matcher(OTHER_WORDS.matcher(text).replaceAll("")).find())
        .map(text -> type.getName() + " says \"" + text + "\"")
        .toList();
  }

  private static boolean isStage(House house, JavaClass type) {
    return type.getPackageName().equals(house.root() + ".apiserver.request")
        && STAGES.contains(type.getSimpleName());
  }

  private static Rule stagesInOrder(House house) {
    return new Rule(
        "a stage of the road is made by the road alone",
        house::contains,
        400,
        type ->
            type.getPackageName().equals(house.root() + ".apiserver.request")
                ? List.of()
                : Faults.uses(
                    type,
                    target ->
                        target.getName().equals("<init>")
                            && isStage(house, target.getOwner())
                            && !target.getOwner().getSimpleName().equals("Received")),
        Map.of(),
        "Sneak");
  }

  private static Rule stages(House house) {
    return new Rule(
        "nobody outside can make a stage of the road",
        type -> isStage(house, type) && !type.getSimpleName().equals("Received"),
        8,
        type ->
            type.getConstructors().stream()
                .filter(
                    made ->
                        type.getModifiers().contains(JavaModifier.PUBLIC)
                            && made.getModifiers().contains(JavaModifier.PUBLIC))
                .map(made -> made.getFullName() + " is public")
                .toList(),
        Map.of(),
        "Authorized");
  }
}
