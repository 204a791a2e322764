package ai.a5c.krate.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One setting, declared once: its flag, its variable, its help and its meaning come from here.
 *
 * @param name of the flag, without dashes: {@code data-dir}
 * @param form what a value looks like, for the help; empty for a switch
 * @param byDefault the default as a user would write it; null if the setting is absent by default
 * @param description whole sentences, for the help and the reference
 * @param parser turns what a user wrote into the value
 */
record Setting<T>(
    String name, String form, @Nullable String byDefault, String description, Parser<T> parser) {
  /** Turns text into a value. */
  @FunctionalInterface
  interface Parser<T> {
    /**
     * Parses.
     *
     * @throws IllegalArgumentException with what is wrong and what would be right, to follow "…: "
     */
    T parse(String text);
  }

  String flag() {
    return "--" + name;
  }

  String variable() {
    return "KRATE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  boolean isSwitch() {
    return form.isEmpty();
  }
}
