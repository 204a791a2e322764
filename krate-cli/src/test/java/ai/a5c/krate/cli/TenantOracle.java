package ai.a5c.krate.cli;

import java.util.List;
import java.util.Map;

/**
 * What the matrix should say, from what the roles mean and without a word of the code that decides:
 * a rank for everybody, and for every kind the rank that reads and the rank that writes.
 */
final class TenantOracle {
  private static final int NOBODY = 9;
  private static final List<String> RANKS =
      List.of("viewer", "triager", "developer", "repo-admin", "owner");
  private static final Map<String, Integer> ON_WEB =
      Map.of(
          "web-reader", 0, "web-triager", 1, "web-writer", 2, "web-maintainer", 3, "web-admin", 4);

  /** The ranks that read and write, by kind; and whether each object belongs to a repository. */
  private record Kind(int reads, int writes, boolean ofRepository) {}

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("pullrequests", new Kind(0, 2, true)),
          Map.entry("issues", new Kind(0, 1, true)),
          Map.entry("reviews", new Kind(0, 1, true)),
          Map.entry("checks", new Kind(0, NOBODY, true)),
          Map.entry("pipelines", new Kind(0, 2, true)),
          Map.entry("jobs", new Kind(0, NOBODY, true)),
          Map.entry("runnerpools", new Kind(0, NOBODY, false)),
          Map.entry("webhookdeliveries", new Kind(0, 3, true)),
          Map.entry("auditevents", new Kind(0, NOBODY, false)),
          Map.entry("repositories", new Kind(0, 3, false)),
          Map.entry("branchprotections", new Kind(0, 3, false)),
          Map.entry("webhooksubscriptions", new Kind(3, 3, false)),
          Map.entry("repositorypermissions", new Kind(4, 4, false)),
          Map.entry("secrets", new Kind(4, 4, false)),
          Map.entry("configmaps", new Kind(4, 4, false)),
          Map.entry("roles", new Kind(4, NOBODY, false)),
          Map.entry("rolebindings", new Kind(4, NOBODY, false)));

  /** Configuration of one repository, which those may use who have a permission on it. */
  private static final List<String> OWNED =
      List.of("branchprotections", "webhooksubscriptions", "repositorypermissions");

  private TenantOracle() {}

  /** The cell of the matrix. */
  static String cell(String plural, String place, String who) {
    Kind kind = KINDS.get(plural);
    if (kind == null) {
      return "-"; // of the cluster
    }
    boolean globex = place.equals("site");
    if (who.equals("checker")) {
      return plural.equals("checks") && !globex ? "gcu" : "-";
    }
    if (ON_WEB.containsKey(who)) {
      return globex ? "-" : onRepository(plural, kind, place.equals("web"), ON_WEB.get(who));
    }
    int rank = who.equals("globex-owner") ? 4 : RANKS.indexOf(who);
    boolean home = who.equals("globex-owner") == globex;
    return home && rank >= kind.reads ? "glw" + writing(plural, kind, rank) : "-";
  }

  private static String onRepository(String plural, Kind kind, boolean own, int rank) {
    if (kind.ofRepository) {
      boolean deletes = rank >= 3 && rank >= kind.writes;
      return own ? "glw" + writing(plural, kind, rank) : "ew" + (deletes ? "D" : "");
    }
    if (own && plural.equals("repositories")) {
      return rank >= kind.writes ? "gupd" : "g";
    }
    return own && OWNED.contains(plural) && rank >= kind.writes ? "gcupd" : "-";
  }

  private static String writing(String plural, Kind kind, int rank) {
    if (rank < kind.writes) {
      return "";
    }
    return rank >= 3 ? "cupdD" : "cup";
  }
}
