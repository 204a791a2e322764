package ai.a5c.krate.archtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HouseTest {
  private static final List<JavaClass> KRATE =
      new ClassFileImporter()
              .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
              .importPackages(House.KRATE.root())
              .stream()
              .toList();
  private static final List<JavaClass> BROKEN =
      new ClassFileImporter().importPackages(House.BROKEN.root()).stream().toList();

  private static Stream<Rule> rules() {
    return Rules.of(House.KRATE);
  }

  private static Rule inTheBrokenHouse(Rule rule) {
    return Rules.of(House.BROKEN)
        .filter(r -> r.name().equals(rule.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyModuleIsInspected() {
    for (String module : House.modules()) {
      assertThat(KRATE).as(module).anyMatch(type -> House.KRATE.isIn(type, module));
    }
    assertThat(KRATE).allMatch(type -> House.KRATE.moduleOf(type).isPresent());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theHouseKeepsTheRule(Rule rule) {
    List<JavaClass> inspected = KRATE.stream().filter(rule.about()).toList();
    assertThat(inspected).hasSizeGreaterThanOrEqualTo(rule.least());
    assertThat(inspected.stream().filter(type -> !rule.isException(House.KRATE, type)))
        .flatMap(rule.faults()::apply)
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theRuleFailsWhereItIsBroken(Rule rule) {
    Rule broken = inTheBrokenHouse(rule);
    assertThat(BROKEN.stream().filter(broken.about()))
        .filteredOn(type -> !broken.faults().apply(type).isEmpty())
        .extracting(JavaClass::getSimpleName)
        .contains(rule.culprit())
        .doesNotContain("Innocent");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyExceptionIsStillNeeded(Rule rule) {
    for (String name : rule.exceptions().keySet()) {
      String whole = House.KRATE.root() + "." + name;
      assertThat(KRATE.stream().filter(rule.about()))
          .filteredOn(t -> t.getName().equals(whole) || t.getName().startsWith(whole + "$"))
          .flatMap(rule.faults()::apply)
          .as(name)
          .isNotEmpty();
    }
  }
}
