package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the receiver gets as {@code webhook-id}: the same with every attempt and after every crash,
 * and never the same for two events or two subscriptions.
 *
 * @param revision of the change
 * @param ordinal of the event among those of the change
 * @param subscription its uid, so that one that was deleted and made again is another
 */
record EventId(Revision revision, int ordinal, Uid subscription) {
  private static final Pattern FORM =
      Pattern.compile("evt_([0-9]{1,18})_([0-9]{1,4})_([0-9a-f-]{36})");

  private static final Pattern ENDS_WITH_SUBSCRIPTION =
      Pattern.compile("evt_[0-9a-z_-]{1,64}_([0-9a-f-]{36})");

  static EventId of(Letter event, Uid subscription) {
    return new EventId(event.revision(), event.ordinal(), subscription);
  }

  /** Reads what {@link #toString} wrote. */
  static Optional<EventId> parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new EventId(
            new Revision(Long.parseLong(parts.group(1))),
            Integer.parseInt(parts.group(2)),
            Uid.of(parts.group(3))));
  }

  /** The id of a test, which is no event of the log. */
  static String ofTest(Uid delivery, Uid subscription) {
    return "evt_test_" + delivery + "_" + subscription;
  }

  /** The subscription that something with such an id was made for, whatever it is. */
  static Optional<Uid> subscription(String text) {
    Matcher parts = ENDS_WITH_SUBSCRIPTION.matcher(text);
    return parts.matches() ? Optional.of(Uid.of(parts.group(1))) : Optional.empty();
  }

  /** Without a full stop, which joins the parts of what is signed. */
  @Override
  public String toString() {
    return "evt_" + revision + "_" + ordinal + "_" + subscription;
  }
}
