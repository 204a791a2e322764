package ai.a5c.krate.cli;

import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.spi.token.TokenSettings;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The settings of {@code krate serve}: declared here, read from flags and from variables. */
final class Settings {
  static final Setting<Path> DATA_DIR =
      new Setting<>(
          "data-dir",
          "FOLDER",
          "./krate-data",
          "Where everything is kept: the database, repositories, keys and the administrator's kubeconfig."
              + " One server at a time uses it.",
          Settings::path);

  static final Setting<Listen> LISTEN =
      new Setting<>(
          "listen",
          "HOST:PORT",
          "127.0.0.1:6443",
          "Where the one TLS listener for the API and Git is. Port 0 picks a free one.",
          Listen::parse);

  static final Setting<URI> PUBLIC_URL =
      new Setting<>(
          "public-url",
          "URL",
          null,
          "How clients reach the listener, if not by its own address: https://HOST[:PORT]. The server's"
              + " certificate names its host, and clone URLs start with it.",
          Settings::publicUrl);

  static final Setting<String> DATABASE_URL =
      new Setting<>(
          "database-url",
          "URL",
          null,
          "A PostgreSQL, version 14 or later, to use instead of the embedded one:"
              + " jdbc:postgresql://HOST[:PORT]/DATABASE. It may carry the driver's parameters but no password.",
          Settings::databaseUrl);

  static final Setting<String> DATABASE_USER =
      new Setting<>(
          "database-user", "NAME", null, "The user at --database-url.", Settings::notBlank);

  static final Setting<Path> DATABASE_PASSWORD_FILE =
      new Setting<>(
          "database-password-file",
          "FILE",
          null,
          "A file whose first line is the password at --database-url.",
          Settings::path);

  static final Setting<Boolean> WEBHOOK_ALLOW_PRIVATE_TARGETS =
      new Setting<>(
          "webhook-allow-private-targets",
          "",
          "false",
          "Let webhooks call addresses of this machine and of private networks. Anybody who may create a"
              + " subscription can then reach what is only reachable from here.",
          Settings::onOrOff);

  static final Setting<Duration> TOKEN_MAX_LIFETIME =
      new Setting<>(
          "token-max-lifetime",
          "DURATION",
          "24h",
          "The longest lifetime that a token may be asked for, from 1m to 24h.",
          text -> duration(text, Duration.ofMinutes(1), TokenSettings.LIFETIME_LIMIT));

  static final Setting<Duration> TOKEN_KEY_ROTATION =
      new Setting<>(
          "token-key-rotation",
          "DURATION",
          "720h",
          "The age at which the key that signs tokens is replaced, from 1h to 8760h. Every start"
              + " replaces it, too; tokens that are out go on to hold.",
          text -> duration(text, Duration.ofHours(1), Duration.ofHours(8760)));

  static final Setting<Boolean> SINGLE_ORGANIZATION =
      new Setting<>(
          "single-organization",
          "",
          "false",
          "Give the groups krate:developers, krate:repo-admins, krate:platform-engineers and krate:ci-jobs"
              + " their roles in every namespace. Off again, these bindings are removed at the next start.",
          Settings::onOrOff);

  static final Setting<LogLevel> LOG_LEVEL =
      new Setting<>(
          "log-level",
          "LEVEL",
          "info",
          "The least that is logged to standard error: error, warning, info or debug.",
          LogLevel::parse);

  /** All of them, in the order of the help. */
  static final List<Setting<?>> ALL =
      List.of(
          DATA_DIR,
          LISTEN,
          PUBLIC_URL,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD_FILE,
          WEBHOOK_ALLOW_PRIVATE_TARGETS,
          TOKEN_MAX_LIFETIME,
          TOKEN_KEY_ROTATION,
          SINGLE_ORGANIZATION,
          LOG_LEVEL);

  /** Variables that begin like ours and are read by others: the launcher and the tests. */
  private static final String LAUNCHER_OPTIONS = "KRATE_JAVA_OPTS";

  private static final String TESTS = "KRATE_TEST_";

  private final Map<Setting<?>, Object> values;

  private Settings(Map<Setting<?>, Object> values) {
    this.values = values;
  }

  /** What became of reading the settings. */
  sealed interface Outcome {
    /** They can be used. */
    record Valid(Settings settings) implements Outcome {}

    /** They cannot; every reason is named. */
    record Invalid(List<String> problems) implements Outcome {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads flags and variables; a flag wins over its variable. */
  static Outcome read(List<String> arguments, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    Map<Setting<?>, Written> written = new LinkedHashMap<>();
    variables(environment, written, problems);
    flags(arguments, written, problems);
    Map<Setting<?>, Object> values = new LinkedHashMap<>();
    for (Setting<?> setting : ALL) {
      Written value = written.get(setting);
      if (value == null && setting.byDefault() != null) {
        value = new Written(setting.flag(), setting.byDefault());
      }
      if (value != null) {
        try {
          values.put(setting, setting.parser().parse(value.text()));
        } catch (IllegalArgumentException e) {
          String shown = setting.equals(DATABASE_URL) ? "the URL" : "\"" + value.text() + "\"";
          problems.add(value.where() + ": " + shown + " is " + e.getMessage());
        }
      }
    }
    for (Setting<?> needy : List.of(DATABASE_USER, DATABASE_PASSWORD_FILE)) {
      if (written.containsKey(needy) && !written.containsKey(DATABASE_URL)) {
        problems.add(needy.flag() + " means nothing without " + DATABASE_URL.flag());
      }
    }
    return problems.isEmpty()
        ? new Outcome.Valid(new Settings(values))
        : new Outcome.Invalid(problems);
  }

  private record Written(String where, String text) {}

  private static void variables(
      Map<String, String> environment, Map<Setting<?>, Written> written, List<String> problems) {
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith("KRATE_") || name.equals(LAUNCHER_OPTIONS) || name.startsWith(TESTS)) {
        continue;
      }
      Optional<Setting<?>> setting =
          ALL.stream().filter(s -> s.variable().equals(name)).findFirst();
      if (setting.isPresent()) {
        written.put(setting.get(), new Written(name, entry.getValue()));
      } else {
        problems.add("the variable " + name + " means nothing to Krate");
      }
    }
  }

  private static void flags(
      List<String> arguments, Map<Setting<?>, Written> written, List<String> problems) {
    Flags.read(ALL, setting -> false, arguments, problems)
        .forEach(
            (setting, texts) -> written.put(setting, new Written(setting.flag(), texts.getLast())));
  }

  /** The value of a setting that has a default. */
  <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting.flag() + " has no default"));
  }

  /** The value of a setting, empty if it is absent. */
  @SuppressWarnings("unchecked")
  <T> Optional<T> find(Setting<T> setting) {
    return Optional.ofNullable((T) values.get(setting));
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("no path of this machine", e);
    }
  }

  private static URI publicUrl(String text) {
    String wanted = "not a URL like https://forge.example.org, without path or query";
    URI url;
    try {
      url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(wanted, e);
    }
    boolean bare =
        "https".equals(url.getScheme())
            && url.getHost() != null
            && url.getUserInfo() == null
            && url.getRawPath().isEmpty()
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!bare) {
      throw new IllegalArgumentException(wanted);
    }
    return url;
  }

  private static String databaseUrl(String text) {
    String url =
        text.startsWith("postgres")
            ? "jdbc:" + text.replaceFirst("^postgres:", "postgresql:")
            : text;
    if (!url.startsWith("jdbc:postgresql://")) {
      throw new IllegalArgumentException("not a URL like jdbc:postgresql://HOST:PORT/DATABASE");
    }
    String lower = url.toLowerCase(Locale.ROOT);
    if (lower.matches("[^?]*//[^/?]*@.*") || lower.matches(".*[?&]password=.*")) {
      throw new IllegalArgumentException(
          "a URL with credentials, which everybody on this machine could see; use --database-user and"
              + " --database-password-file");
    }
    return url;
  }

  private static String notBlank(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  private static Duration duration(String text, Duration least, Duration most) {
    return GoDuration.parse(text)
        .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not a duration from "
                        + GoDuration.print(least)
                        + " to "
                        + GoDuration.print(most)));
  }

  private static boolean onOrOff(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
