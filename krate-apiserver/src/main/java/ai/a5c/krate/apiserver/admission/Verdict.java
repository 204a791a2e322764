package ai.a5c.krate.apiserver.admission;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is said of something that is about to be written.
 *
 * @param objections none lets it pass; the first decides how a refusal is classified
 * @param warnings for the client, a line each, whether it passes or not
 * @param annotations for the audit entry, by qualified names
 */
public record Verdict(
    List<Objection> objections, List<String> warnings, Map<String, String> annotations) {
  /** Nothing is said. */
  public static final Verdict SILENT = new Verdict(List.of(), List.of(), Map.of());

  public Verdict {
    objections = List.copyOf(objections);
    warnings = List.copyOf(warnings);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** A refusal, if there are any objections. */
  public static Verdict of(List<Objection> objections) {
    return objections.isEmpty() ? SILENT : new Verdict(objections, List.of(), Map.of());
  }
}
