package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code krate audit verify}: reads the whole audit trail from the server that runs on a data
 * folder, as its administrator, and says whether it is as it was written. Exits with 0 if it is, 1
 * if it is not, 2 if that could not be found out.
 */
final class AuditCommand {
  private static final String ENTRIES = "/apis/krate.a5c.ai/v1alpha1/auditevents?limit=1000";
  private static final int WRONG = 1;
  private static final int UNKNOWN = 2;
  private static final int GONE = 410;

  /** Pages belong to one snapshot, which long lists may outlive. */
  private static final int ATTEMPTS = 3;

  private final PrintStream out;
  private final PrintStream err;

  AuditCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  int run(List<String> arguments, Map<String, String> environment) {
    if (arguments.isEmpty() || !arguments.getFirst().equals("verify")) {
      err.println("There is no such command. See: krate --help");
      return UNKNOWN;
    }
    List<String> flags = arguments.subList(1, arguments.size());
    List<String> others =
        flags.stream()
            .filter(f -> f.startsWith("--") && !f.split("=", 2)[0].equals(Settings.DATA_DIR.flag()))
            .toList();
    if (!others.isEmpty()) {
      err.println("krate audit verify has no flag " + others.getFirst());
      return UNKNOWN;
    }
    return switch (Settings.read(flags, environment)) {
      case Settings.Outcome.Invalid(List<String> problems) -> {
        problems.forEach(problem -> err.println("- " + problem));
        yield UNKNOWN;
      }
      case Settings.Outcome.Valid(Settings settings) -> verify(settings.get(Settings.DATA_DIR));
    };
  }

  private int verify(Path folder) {
    try (AdminEndpoint server = AdminEndpoint.of(folder)) {
      return verify(server, folder);
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      Throwable why = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
      err.println("The audit trail could not be checked: " + why.getMessage());
      err.println("It is read from the server that runs on " + folder + ".");
      return UNKNOWN;
    }
  }

  private int verify(AdminEndpoint server, Path folder) throws IOException {
    AnchorFile anchors =
        AnchorFile.read(folder.resolve(DataFolder.AUDIT), folder.resolve(DataFolder.AUDIT_KEY));
    List<String> findings = new ArrayList<>();
    // Before the entries: what is anchored then must be among them.
    AnchoredHead head = head(anchors.head(), findings);
    List<AnchoredHead> lost = new ArrayList<>();
    for (AnchorFile.Found found : anchors.lost()) {
      lost.add(head(found, findings));
    }
    TrailCheck.Verdict verdict = read(server).verdict(head, lost);
    if (findings.isEmpty()) {
      unknown(verdict, anchors, findings);
    }
    findings.addAll(verdict.findings());
    return report(verdict, head, findings);
  }

  private static AnchoredHead head(AnchorFile.Found found, List<String> findings) {
    return switch (found) {
      case AnchorFile.Found.Head(Path file, AnchoredHead head) -> head;
      case AnchorFile.Found.Missing missing -> {
        findings.add("the anchor of the trail is missing");
        yield AnchoredHead.empty(Instant.EPOCH);
      }
      case AnchorFile.Found.Broken(Path file) -> {
        findings.add("the anchor " + file + " is not as a server wrote it");
        yield AnchoredHead.empty(Instant.EPOCH);
      }
    };
  }

  /** Entries that the server itself has not seen were written by somebody else. */
  private static void unknown(TrailCheck.Verdict verdict, AnchorFile anchors, List<String> findings)
      throws IOException {
    for (int i = 0; i < 20; i++) {
      if (anchors.head() instanceof AnchorFile.Found.Head(Path file, AnchoredHead now)
          && now.revision() >= verdict.newest()) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    findings.add(
        "the newest entry (revision "
            + verdict.newest()
            + ") was inserted: the server has not written it, or it no longer anchors the trail");
  }

  private static TrailCheck read(AdminEndpoint server) throws IOException {
    for (int attempt = 1; ; attempt++) {
      TrailCheck check = new TrailCheck(new TrailHistory(server));
      if (readAll(server, check)) {
        return check;
      }
      if (attempt == ATTEMPTS) {
        throw new IOException("the history is discarded faster than the trail is read");
      }
    }
  }

  /** Whether all of it could be read in one snapshot. */
  private static boolean readAll(AdminEndpoint server, TrailCheck check) throws IOException {
    String token = "";
    do {
      String next =
          token.isEmpty() ? "" : "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
      try (ApiResponse page = server.call(ApiRequest.get(ENTRIES + next))) {
        if (page.status() == GONE) {
          return false;
        }
        if (page.status() != 200) {
          throw new IOException("the server answered " + page.status());
        }
        token = ListPage.read(page.body(), check::add);
      }
    } while (!token.isEmpty());
    return true;
  }

  private int report(TrailCheck.Verdict verdict, AnchoredHead head, List<String> findings) {
    if (findings.isEmpty()) {
      out.println(
          verdict.entries()
              + " entries were checked: the trail is unbroken. The anchor of "
              + head.time()
              + " holds the first "
              + head.count()
              + ", up to revision "
              + head.revision()
              + ".");
      return 0;
    }
    findings.forEach(finding -> err.println("- " + finding));
    err.println(verdict.entries() + " entries were checked: the trail is not as it was written.");
    return WRONG;
  }
}
