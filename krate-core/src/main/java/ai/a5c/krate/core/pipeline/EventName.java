package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.core.forge.FileDigest;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of the pipelines that events start: of one event and one workflow file it is always the
 * same, so that reading the event again starts nothing twice.
 */
final class EventName {
  private static final int LONGEST = 40;
  private static final int DIGITS = 8;
  private static final Pattern RESERVED = Pattern.compile(".*-[0-9]{14,19}-[0-9a-f]{8}");

  private EventName() {}

  /**
   * A name.
   *
   * @param at the revision of the event
   */
  static String of(WorkflowFile file, Revision at) {
    String readable =
        file.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
    String begin =
        readable.substring(0, Math.min(LONGEST, readable.length())).replaceAll("-+$", "");
    String digest = FileDigest.of(Bytes.utf8(file.path()));
    return (begin.isEmpty() ? "workflow" : begin)
        + "-%014d-".formatted(at.value())
        + digest.substring(digest.length() - DIGITS);
  }

  /** Whether only an event starts a pipeline of this name. */
  static boolean isReserved(String name) {
    return RESERVED.matcher(name).matches();
  }
}
