package ai.a5c.krate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads flags: {@code --name value}, {@code --name=value} and {@code --switch}. */
final class Flags {
  private Flags() {}

  /**
   * What is written for each setting.
   *
   * @param repeated which settings may be given more than once
   * @param problems where everything is noted that makes no sense
   */
  static Map<Setting<?>, List<String>> read(
      List<Setting<?>> declared,
      Predicate<Setting<?>> repeated,
      List<String> arguments,
      List<String> problems) {
    Map<Setting<?>, List<String>> written = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      Optional<Setting<?>> found = declared.stream().filter(s -> s.flag().equals(flag)).findFirst();
      if (found.isEmpty()) {
        problems.add(
            flag.startsWith("-")
                ? "there is no flag " + flag
                : "\"" + argument + "\" is not expected here");
        continue;
      }
      Setting<?> setting = found.get();
      String text;
      if (equals >= 0) {
        text = argument.substring(equals + 1);
      } else if (setting.isSwitch()) {
        text = "true";
      } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
        i++;
        text = arguments.get(i);
      } else {
        problems.add(flag + " wants a value: " + flag + " " + setting.form());
        continue;
      }
      if (written.containsKey(setting) && !repeated.test(setting)) {
        problems.add(flag + " is given more than once");
      }
      written.computeIfAbsent(setting, s -> new ArrayList<>()).add(text);
    }
    return written;
  }
}
