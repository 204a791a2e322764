package ai.a5c.krate.cli;

import ai.a5c.krate.apiserver.kind.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What {@code krate hooks replay} is told.
 *
 * @param delivery the only one to replay; empty for those of the span
 * @param since the first moment of the span
 * @param until the first moment after it
 * @param phase of those to replay; empty for all that are finished
 * @param most how many to replay at most
 */
record ReplaySettings(
    String subscription,
    String namespace,
    String delivery,
    Instant since,
    Instant until,
    String phase,
    int most,
    Path dataFolder) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final int MOST_AT_ONCE = 100_000;

  static final Setting<String> NAMESPACE =
      new Setting<>(
          "namespace",
          "NAME",
          null,
          "The namespace of the subscription, such as krate-org-acme.",
          ReplaySettings::name);

  static final Setting<UnaryOperator<Instant>> SINCE =
      new Setting<>(
          "since",
          "TIME",
          null,
          "The begin of the span: a time such as 2026-11-21T12:00:00Z, or how long ago, such as 90m."
              + " What counts is when the delivery was made.",
          ReplaySettings::moment);

  static final Setting<UnaryOperator<Instant>> UNTIL =
      new Setting<>(
          "until", "TIME", "0s", "The end of the span, in the same way.", ReplaySettings::moment);

  static final Setting<String> PHASE =
      new Setting<>(
          "phase",
          "PHASE",
          "any",
          "Which deliveries of the span: Failed, Delivered, or any of these two.",
          ReplaySettings::phase);

  static final Setting<String> DELIVERY =
      new Setting<>(
          "delivery",
          "NAME",
          null,
          "The one WebhookDelivery to replay, instead of a span.",
          ReplaySettings::name);

  static final Setting<Integer> MOST =
      new Setting<>(
          "most",
          "NUMBER",
          "10000",
          "If the span has more than so many, nothing is replayed; at most 100000.",
          ReplaySettings::most);

  /** What became of reading them. */
  sealed interface Outcome {
    /** They can be used. */
    record Valid(ReplaySettings settings) implements Outcome {}

    /** They cannot; every reason is named. */
    record Invalid(List<String> problems) implements Outcome {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads the command line; the subscription stands before or behind the flags. */
  static Outcome read(List<String> arguments, Map<String, String> environment, Instant now) {
    List<String> problems = new ArrayList<>();
    Optional<String> subscription = Optional.empty();
    List<String> flags = arguments;
    if (!arguments.isEmpty() && !arguments.getFirst().startsWith("--")) {
      subscription = Optional.of(arguments.getFirst());
      flags = arguments.subList(1, arguments.size());
    } else if (arguments.size() % 2 == 1 || endsWithName(arguments)) {
      subscription = Optional.of(arguments.getLast());
      flags = arguments.subList(0, arguments.size() - 1);
    }
    var reading =
        new Reading(
            Flags.read(Usage.HOOKS_REPLAY.settings(), s -> false, flags, problems),
            environment,
            problems);
    String name = reading.named(subscription);
    String namespace = reading.required(NAMESPACE);
    Optional<String> delivery = reading.value(DELIVERY);
    Optional<UnaryOperator<Instant>> since = reading.value(SINCE);
    Optional<UnaryOperator<Instant>> until = reading.value(UNTIL);
    Optional<String> phase = reading.value(PHASE);
    Optional<Integer> most = reading.value(MOST);
    Optional<Path> folder = reading.value(Settings.DATA_DIR);
    if (delivery.isPresent() && reading.isWritten(SINCE, UNTIL, PHASE)) {
      problems.add("--delivery names one delivery: there is no span beside it");
    } else if (delivery.isEmpty() && !reading.isWritten(SINCE, DELIVERY)) {
      problems.add("--since is missing, or --delivery: what is to be replayed?");
    }
    if (!problems.isEmpty()
        || until.isEmpty()
        || phase.isEmpty()
        || most.isEmpty()
        || folder.isEmpty()) {
      return new Outcome.Invalid(problems);
    }
    Instant begin = since.map(moment -> moment.apply(now)).orElse(Instant.EPOCH);
    Instant end = until.get().apply(now);
    if (!begin.isBefore(end)) {
      return new Outcome.Invalid(List.of("--since " + begin + " is not before --until " + end));
    }
    return new Outcome.Valid(
        new ReplaySettings(
            name,
            namespace,
            delivery.orElse(""),
            begin,
            end,
            phase.get(),
            most.get(),
            folder.get()));
  }

  /** Whether the last argument is nobody's value. */
  private static boolean endsWithName(List<String> arguments) {
    int size = arguments.size();
    return size >= 2
        && !arguments.get(size - 1).startsWith("--")
        && (!arguments.get(size - 2).startsWith("--") || arguments.get(size - 2).contains("="));
  }

  /** Turns what was written into values, and notes what cannot be. */
  private record Reading(
      Map<Setting<?>, List<String>> written,
      Map<String, String> environment,
      List<String> problems) {
    boolean isWritten(Setting<?>... settings) {
      return Set.of(settings).stream().anyMatch(written::containsKey);
    }

    String named(Optional<String> subscription) {
      if (subscription.isEmpty()) {
        problems.addFirst("SUBSCRIPTION is missing: whose deliveries?");
        return "";
      }
      if (!NAME.matcher(subscription.get()).matches()) {
        problems.addFirst("\"" + subscription.get() + "\" is not a name");
      }
      return subscription.get();
    }

    String required(Setting<String> setting) {
      Optional<String> value = value(setting);
      if (value.isEmpty() && !written.containsKey(setting)) {
        problems.add(setting.flag() + " is missing");
      }
      return value.orElse("");
    }

    <T> Optional<T> value(Setting<T> setting) {
      Optional<String> text = text(setting);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(setting.parser().parse(text.get()));
      } catch (IllegalArgumentException e) {
        problems.add(setting.flag() + ": \"" + text.get() + "\" is " + e.getMessage());
        return Optional.empty();
      }
    }

    private Optional<String> text(Setting<?> setting) {
      List<String> texts = written.get(setting);
      if (texts != null) {
        return Optional.of(texts.getFirst());
      }
      String variable = Settings.ALL.contains(setting) ? environment.get(setting.variable()) : null;
      return Optional.ofNullable(variable).or(() -> Optional.ofNullable(setting.byDefault()));
    }
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException("not a name");
    }
    return text;
  }

  private static UnaryOperator<Instant> moment(String text) {
    Optional<Duration> ago = GoDuration.parse(text);
    if (ago.isPresent() && !ago.get().isNegative()) {
      return now -> now.minus(ago.get());
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return now -> time;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "neither a time like 2026-11-21T12:00:00Z nor a duration like 90m", e);
    }
  }

  private static String phase(String text) {
    return switch (text) {
      case "any" -> "";
      case "Failed", "Delivered" -> text;
      default -> throw new IllegalArgumentException("neither Failed nor Delivered nor any");
    };
  }

  private static int most(String text) {
    try {
      int most = Integer.parseInt(text);
      if (most > 0 && most <= MOST_AT_ONCE) {
        return most;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a number that is too large.
    }
    throw new IllegalArgumentException("not a number from 1 to " + MOST_AT_ONCE);
  }
}
