package ai.a5c.krate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What everybody may do, as it was written down by hand in {@code tenant-matrix.txt}. */
record TenantTable(List<String> columns, Map<String, List<String>> cells) {
  /** Reads it. A row is a kind, a place and a cell for each column. */
  static TenantTable read() {
    List<String> columns = new ArrayList<>();
    Map<String, List<String>> cells = new LinkedHashMap<>();
    try (InputStream in = TenantTable.class.getResourceAsStream("/tenant-matrix.txt");
        var reader =
            new BufferedReader(
                new InputStreamReader(
                    java.util.Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      for (String line : reader.lines().toList()) {
        List<String> words = List.of(line.strip().split("\\s+"));
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        if (words.getFirst().equals("kind")) {
          columns.addAll(words.subList(2, words.size()));
        } else {
          cells.put(words.get(0) + " " + words.get(1), words.subList(2, words.size()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TenantTable(columns, cells);
  }

  Set<String> rows() {
    return cells.keySet();
  }

  List<String> row(String row) {
    return cells.getOrDefault(row, List.of());
  }
}
