package ai.a5c.krate.apiserver.kind;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The constraints that stand at one field, item or value, as parts of a schema. */
final class Constraints {
  static final int LONGEST_TEXT = 1024;
  static final int MOST_ITEMS = 256;

  static final String NOT_BLANK = "[\\s\\S]*\\S[\\s\\S]*";
  private static final String PACKAGE = "jakarta.validation.constraints";

  private final AnnotatedElement element;
  private final Function<String, IllegalArgumentException> wrong;

  Constraints(AnnotatedElement element, Function<String, IllegalArgumentException> wrong) {
    this.element = element;
    this.wrong = wrong;
    for (Annotation annotation : element.getAnnotations()) {
      Class<?> type = annotation.annotationType();
      if (type.getPackageName().equals(PACKAGE) && !understood(type.getSimpleName())) {
        throw wrong.apply("the constraint @" + type.getSimpleName() + " is not understood");
      }
    }
  }

  Schema.StringSchema string(String description, Schema.Format format) {
    refuse(Min.class, Max.class);
    Size size = element.getAnnotation(Size.class);
    boolean notBlank = element.isAnnotationPresent(NotBlank.class);
    String pattern = pattern();
    int least = size == null ? 0 : size.min();
    return new Schema.StringSchema(
        description,
        format,
        List.of(),
        notBlank ? Math.max(1, least) : least,
        most(size, LONGEST_TEXT),
        notBlank && pattern == null ? NOT_BLANK : pattern);
  }

  Schema.IntegerSchema integer(String description, long least, long most) {
    refuse(Size.class, Pattern.class, NotBlank.class);
    Min min = element.getAnnotation(Min.class);
    Max max = element.getAnnotation(Max.class);
    long from = min == null ? least : min.value();
    long to = max == null ? most : max.value();
    if (from < least || to > most || from > to) {
      throw wrong.apply("no number lies between " + from + " and " + to);
    }
    return new Schema.IntegerSchema(description, from, to);
  }

  Schema.ListSchema list(
      String description, Schema items, Schema.ListType type, List<String> keys) {
    refuse(Min.class, Max.class, Pattern.class, NotBlank.class);
    Size size = element.getAnnotation(Size.class);
    return new Schema.ListSchema(
        description, items, type, keys, size == null ? 0 : size.min(), most(size, MOST_ITEMS));
  }

  Schema.MapSchema map(String description, Schema values) {
    refuse(Min.class, Max.class, Pattern.class, NotBlank.class);
    Size size = element.getAnnotation(Size.class);
    if (size != null && size.min() > 0) {
      throw wrong.apply("a map has no smallest size: use @NotNull");
    }
    return new Schema.MapSchema(description, values, most(size, MOST_ITEMS));
  }

  /** For types that nothing but their own form constrains. */
  void refuseAll(Class<?> type) {
    refuse(Min.class, Max.class, Pattern.class, NotBlank.class, Size.class);
    if (type.isArray()) {
      throw wrong.apply("an array is not a value: use List");
    }
  }

  private int most(@Nullable Size size, int otherwise) {
    if (size == null) {
      return otherwise;
    }
    int most = size.max() == Integer.MAX_VALUE ? otherwise : size.max();
    if (size.min() > most) {
      throw wrong.apply("nothing has a size between " + size.min() + " and " + most);
    }
    return most;
  }

  private @Nullable String pattern() {
    Pattern pattern = element.getAnnotation(Pattern.class);
    if (pattern == null) {
      return null;
    }
    try {
      java.util.regex.Pattern compiled = java.util.regex.Pattern.compile(pattern.regexp());
      return compiled.pattern();
    } catch (PatternSyntaxException e) {
      throw wrong.apply("not a regular expression: " + pattern.regexp());
    }
  }

  @SafeVarargs
  private void refuse(Class<? extends Annotation>... constraints) {
    for (Class<? extends Annotation> constraint : constraints) {
      if (element.isAnnotationPresent(constraint)) {
        throw wrong.apply("@" + constraint.getSimpleName() + " does not fit its type");
      }
    }
  }

  private static boolean understood(String name) {
    return switch (name) {
      case "NotNull", "NotBlank", "Size", "Pattern", "Min", "Max" -> true;
      default -> false;
    };
  }
}
