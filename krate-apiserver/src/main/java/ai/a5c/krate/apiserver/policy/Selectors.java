package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.wire.LabelSelector;
import ai.a5c.krate.apiserver.wire.LabelSelector.Operator;
import ai.a5c.krate.apiserver.wire.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Structured label selectors as conditions on labels. */
final class Selectors {
  private static final Pattern KEY =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
              + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

  private Selectors() {}

  /** The condition; what cannot be understood, which only an unchecked selector has, is nowhere. */
  static LabelSelector of(ai.a5c.krate.api.core.LabelSelector selector) {
    List<Requirement> requirements = new ArrayList<>();
    selector
        .matchLabels()
        .forEach((key, value) -> requirements.add(requirement(key, Operator.IN, List.of(value))));
    for (var expression : selector.matchExpressions()) {
      requirements.add(
          operator(expression.operator())
              .map(operator -> requirement(expression.key(), operator, expression.values()))
              .orElseGet(() -> requirement(expression.key(), Operator.IN, List.of())));
    }
    return new LabelSelector(requirements);
  }

  /** What is wrong with a selector. */
  static List<FieldError> errors(ai.a5c.krate.api.core.LabelSelector selector, String path) {
    List<FieldError> errors = new ArrayList<>();
    selector
        .matchLabels()
        .forEach(
            (key, value) -> {
              checkKey(key, path + ".matchLabels", errors);
              checkValue(value, path + ".matchLabels", errors);
            });
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      check(selector.matchExpressions().get(i), path + ".matchExpressions[" + i + "]", errors);
    }
    return errors;
  }

  private static void check(
      ai.a5c.krate.api.core.LabelSelector.Requirement requirement,
      String path,
      List<FieldError> errors) {
    checkKey(requirement.key(), path + ".key", errors);
    requirement.values().forEach(value -> checkValue(value, path + ".values", errors));
    switch (operator(requirement.operator()).orElse(null)) {
      case null ->
          errors.add(
              FieldError.invalid(
                  path + ".operator", requirement.operator(), "not a valid selector operator"));
      case IN, NOT_IN -> {
        if (requirement.values().isEmpty()) {
          errors.add(
              FieldError.required(
                  path + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
        }
      }
      default -> {
        if (!requirement.values().isEmpty()) {
          errors.add(
              FieldError.forbidden(
                  path + ".values",
                  "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        }
      }
    }
  }

  private static void checkKey(String key, String path, List<FieldError> errors) {
    if (!KEY.matcher(key).matches()) {
      errors.add(FieldError.invalid(path, key, "not a label key"));
    }
  }

  private static void checkValue(String value, String path, List<FieldError> errors) {
    if (!VALUE.matcher(value).matches()) {
      errors.add(FieldError.invalid(path, value, "not a label value"));
    }
  }

  private static Requirement requirement(String key, Operator operator, List<String> values) {
    return new Requirement(key, operator, new TreeSet<>(values));
  }

  private static Optional<Operator> operator(String name) {
    return switch (name) {
      case "In" -> Optional.of(Operator.IN);
      case "NotIn" -> Optional.of(Operator.NOT_IN);
      case "Exists" -> Optional.of(Operator.EXISTS);
      case "DoesNotExist" -> Optional.of(Operator.DOES_NOT_EXIST);
      default -> Optional.empty();
    };
  }
}
