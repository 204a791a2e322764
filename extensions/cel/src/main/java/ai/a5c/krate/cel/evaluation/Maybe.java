package ai.a5c.krate.cel.evaluation;

import org.jspecify.annotations.Nullable;

/** An optional of the language, which may hold null. */
public record Maybe(boolean present, @Nullable Object value) {
  /** Nothing. */
  public static final Maybe NONE = new Maybe(false, null);

  /** This value. */
  public static Maybe of(@Nullable Object value) {
    return new Maybe(true, value);
  }
}
