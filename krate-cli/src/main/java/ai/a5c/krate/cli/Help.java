package ai.a5c.krate.cli;

import java.util.ArrayList;
import java.util.List;

/** The help and the reference page, made from the declaration of the settings. */
final class Help {
  private static final int WIDTH = 78;
  private static final String INDENT = "      ";

  private Help() {}

  static String overview() {
    return """
        Krate, a Kubernetes-native Git forge.

        Usage:
          krate serve [flags]   run the server
          krate serve --help    every flag
          krate audit verify    check the audit trail of the server that runs
          krate version         print the version
        """;
  }

  static String audit() {
    return """
        Checks the audit trail of the server that runs on a data folder: that each
        entry is as it was written and follows the one before it, and that the newest
        one that the data folder knows of is there.

        Usage: krate audit verify [--data-dir FOLDER]

        Exits with 0 if all is well, 1 if an entry was altered, removed, inserted,
        reordered or cut off the end, 2 if that could not be found out.
        """;
  }

  static String serve() {
    var help = new StringBuilder();
    help.append("Runs the Krate server: the Kubernetes API and Git on one TLS listener.\n\n")
        .append("Usage: krate serve [flags]\n\n")
        .append("Each flag can be set by its variable instead; the flag wins.\n");
    for (Setting<?> setting : Settings.ALL) {
      help.append("\n  ")
          .append(setting.flag())
          .append(setting.isSwitch() ? "" : " " + setting.form())
          .append("   (")
          .append(setting.variable())
          .append(")\n");
      for (String line : wrapped(setting.description())) {
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
    page.append("\nThe launcher `./krate` passes the variable `KRATE_JAVA_OPTS` on to the JVM: ")
        .append("`KRATE_JAVA_OPTS=-Xmx2g ./krate serve`.\n");
    return page.toString();
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    var line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + word.length() + 1 > WIDTH - INDENT.length()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
