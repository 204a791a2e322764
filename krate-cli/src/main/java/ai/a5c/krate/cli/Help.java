package ai.a5c.krate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The help and the reference page, made from the declaration of the settings. */
final class Help {
  private static final int WIDTH = 78;
  private static final String INDENT = "      ";

  private Help() {}

  static String overview() {
    var help = new StringBuilder("Krate, a Kubernetes-native Git forge.\n\nUsage:\n");
    for (Usage usage : Usage.ALL) {
      line(help, usage.name() + " [flags]", usage.summary());
    }
    line(help, "COMMAND --help", "every flag of a command");
    line(help, "version", "print the version");
    return help.toString();
  }

  private static void line(StringBuilder help, String form, String summary) {
    help.append(String.format(Locale.ROOT, "  krate %-24s %s\n", form, summary));
  }

  static String serve() {
    return of(Usage.SERVE);
  }

  static String of(Usage usage) {
    var help = new StringBuilder();
    wrapped(usage.description(), 0).forEach(line -> help.append(line).append('\n'));
    help.append("\nUsage: krate ").append(usage.name()).append(" [flags]");
    help.append(usage.arguments().isEmpty() ? "" : " " + usage.arguments()).append('\n');
    if (usage.equals(Usage.SERVE)) {
      help.append("\nEach flag can be set by its variable instead; the flag wins.\n");
    }
    for (Setting<?> setting : usage.settings()) {
      help.append("\n  ")
          .append(setting.flag())
          .append(setting.isSwitch() ? "" : " " + setting.form())
          .append(Settings.ALL.contains(setting) ? "   (" + setting.variable() + ")" : "")
          .append('\n');
      for (String line : wrapped(setting.description(), INDENT.length())) {
        help.append(INDENT).append(line).append('\n');
      }
      if (setting.byDefault() != null && !setting.isSwitch()) {
        help.append(INDENT).append("Default: ").append(setting.byDefault()).append('\n');
      }
    }
    return help.toString();
  }

  /** The page {@code docs/reference/configuration.md}. */
  static String reference() {
    var page = new StringBuilder();
    page.append("# Configuration\n\n")
        .append(
            "The settings of `krate serve`, made from their declaration in the code. A flag wins over its ")
        .append(
            "variable. What is\nunknown or invalid is reported all at once, and nothing starts.\n\n")
        .append("| flag | variable | default | meaning |\n|---|---|---|---|\n");
    for (Setting<?> setting : Settings.ALL) {
      page.append("| `")
          .append(setting.flag())
          .append(setting.isSwitch() ? "" : " " + setting.form())
          .append("` | `")
          .append(setting.variable())
          .append("` | ")
          .append(setting.byDefault() == null ? "" : "`" + setting.byDefault() + "`")
          .append(" | ")
          .append(setting.description().replace("|", "\\|"))
          .append(" |\n");
    }
    clients(page);
    page.append("\nThe launcher `./krate` passes the variable `KRATE_JAVA_OPTS` on to the JVM: ")
        .append("`KRATE_JAVA_OPTS=-Xmx2g ./krate serve`.\n");
    return page.toString();
  }

  private static void clients(StringBuilder page) {
    page.append("\n## Commands for people and scripts\n\n")
        .append(
            "They ask a running server with the administrator's credentials in its data folder.\n")
        .append("An unknown flag is reported, and nothing is done.\n");
    for (Usage usage : Usage.ALL) {
      if (usage.equals(Usage.SERVE)) {
        continue;
      }
      page.append("\n### krate ")
          .append(usage.name())
          .append("\n\n")
          .append(usage.description())
          .append("\n\n| flag | default | meaning |\n|---|---|---|\n");
      for (Setting<?> setting : usage.settings()) {
        page.append("| `")
            .append(setting.flag())
            .append(setting.isSwitch() ? "" : " " + setting.form())
            .append("` | ")
            .append(setting.byDefault() == null ? "" : "`" + setting.byDefault() + "`")
            .append(" | ")
            .append(setting.description().replace("|", "\\|"))
            .append(" |\n");
      }
    }
  }

  private static List<String> wrapped(String text, int indent) {
    List<String> lines = new ArrayList<>();
    var line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + word.length() + 1 > WIDTH - indent) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
