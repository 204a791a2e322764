package ai.a5c.krate.cli;

import ai.a5c.krate.apiserver.kind.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the commands that ask for a token are told.
 *
 * @param use as the API spells it
 */
record ClientSettings(String user, List<String> groups, Duration ttl, String use, Path dataFolder) {
  static final Setting<String> USER =
      new Setting<>(
          "user",
          "NAME",
          null,
          "The user whom the token speaks of. Names that begin with system: are refused.",
          ClientSettings::notBlank);

  static final Setting<String> GROUP =
      new Setting<>(
          "group",
          "NAME",
          null,
          "A group that the user is in; may be given more than once.",
          ClientSettings::notBlank);

  static final Setting<Duration> TTL = ttl("1h");

  /** One use of git is over soon. */
  static final Setting<Duration> GIT_TTL = ttl("10m");

  static final Setting<String> FOR =
      new Setting<>(
          "for",
          "USE",
          "any",
          "What the token is good for: any (the API and Git) or git (Git alone).",
          ClientSettings::use);

  ClientSettings {
    groups = List.copyOf(groups);
  }

  /** What became of reading them. */
  sealed interface Outcome {
    /** They can be used. */
    record Valid(ClientSettings settings) implements Outcome {}

    /** They cannot; every reason is named. */
    record Invalid(List<String> problems) implements Outcome {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads the flags of a command; the data folder may be named by its variable instead. */
  static Outcome read(Usage usage, List<String> arguments, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    Map<Setting<?>, List<String>> written =
        Flags.read(usage.settings(), GROUP::equals, arguments, problems);
    Setting<Duration> ttl = usage.settings().contains(GIT_TTL) ? GIT_TTL : TTL;
    var reading = new Reading(usage, written, environment, problems);
    Optional<String> user = reading.first(USER);
    if (user.isEmpty() && !written.containsKey(USER)) {
      problems.addFirst(USER.flag() + " is missing: whom is the token for?");
    }
    List<String> groups = reading.all(GROUP);
    Optional<Duration> lifetime = reading.first(ttl);
    Optional<String> use =
        usage.settings().contains(FOR)
            ? reading.first(FOR)
            : Optional.of(usage.equals(Usage.GIT_CREDENTIAL) ? "Git" : "Any");
    Optional<Path> folder = reading.first(Settings.DATA_DIR);
    if (!problems.isEmpty()
        || user.isEmpty()
        || lifetime.isEmpty()
        || use.isEmpty()
        || folder.isEmpty()) {
      return new Outcome.Invalid(problems);
    }
    return new Outcome.Valid(
        new ClientSettings(user.get(), groups, lifetime.get(), use.get(), folder.get()));
  }

  /** Turns what was written into values, and notes what cannot be. */
  private record Reading(
      Usage usage,
      Map<Setting<?>, List<String>> written,
      Map<String, String> environment,
      List<String> problems) {
    <T> Optional<T> first(Setting<T> setting) {
      return all(setting).stream().findFirst();
    }

    <T> List<T> all(Setting<T> setting) {
      List<T> values = new ArrayList<>();
      for (String text : texts(setting)) {
        try {
          values.add(setting.parser().parse(text));
        } catch (IllegalArgumentException e) {
          problems.add(setting.flag() + ": \"" + text + "\" is " + e.getMessage());
        }
      }
      return values;
    }

    private List<String> texts(Setting<?> setting) {
      List<String> texts = written.get(setting);
      if (texts != null) {
        return texts;
      }
      String variable = Settings.ALL.contains(setting) ? environment.get(setting.variable()) : null;
      if (variable != null) {
        return List.of(variable);
      }
      String byDefault = setting.byDefault();
      return byDefault == null ? List.of() : List.of(byDefault);
    }
  }

  private static Setting<Duration> ttl(String byDefault) {
    return new Setting<>(
        "ttl",
        "DURATION",
        byDefault,
        "How long the token holds, such as 90s, 30m or 12h. The server has a longest lifetime.",
        ClientSettings::duration);
  }

  private static Duration duration(String text) {
    return GoDuration.parse(text)
        .filter(Duration::isPositive)
        .orElseThrow(() -> new IllegalArgumentException("not a duration like 90s, 30m or 12h"));
  }

  private static String use(String text) {
    return switch (text) {
      case "any" -> "Any";
      case "git" -> "Git";
      default -> throw new IllegalArgumentException("neither any nor git");
    };
  }

  private static String notBlank(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }
}
