package ai.a5c.krate.benchmarks;

import java.util.List;

/** A table in Markdown, line by line, so that what is known is seen while the rest still runs. */
final class Table {
  private Table() {}

  static String line(List<String> cells) {
    return "| " + String.join(" | ", cells.stream().map(Table::cell).toList()) + " |";
  }

  /** The first two lines. */
  static String head(List<String> titles) {
    return line(titles) + "\n|" + " --- |".repeat(titles.size());
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
  }
}
