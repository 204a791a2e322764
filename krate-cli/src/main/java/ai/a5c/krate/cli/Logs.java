package ai.a5c.krate.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log: one line an event on standard error, and the stack trace of a fault below it. */
final class Logs {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Loggers of libraries that tell what only they care about. */
  private static final List<String> CHATTY =
      List.of("io.helidon", "com.zaxxer.hikari", "org.postgresql", "org.eclipse.jgit");

  /** Held, because the log system forgets loggers that nobody holds, with their levels. */
  private static final List<Logger> QUIETED = new ArrayList<>();

  private Logs() {}

  /**
   * Keeps logging while the process shuts down; the platform's own would close the handlers first.
   */
  public static final class Lasting extends LogManager {
    @Override
    public void reset() {}
  }

  /** Must come before anything logs. */
  static void prepare() {
    System.setProperty("java.util.logging.manager", Lasting.class.getName());
  }

  static void configure(LogLevel level, PrintStream to) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.setLevel(level.level());
    root.addHandler(new Lines(to));
    for (String name : CHATTY) {
      Logger quieted = Logger.getLogger(name);
      QUIETED.add(quieted);
      quieted.setLevel(
          level.level().intValue() > Level.WARNING.intValue() ? level.level() : Level.WARNING);
    }
  }

  private static final class Lines extends Handler {
    private final PrintStream to;
    private final Formatter formatter = new Line();

    Lines(PrintStream to) {
      this.to = to;
    }

    @Override
    public void publish(LogRecord entry) {
      if (isLoggable(entry)) {
        to.print(formatter.format(entry));
      }
    }

    @Override
    public void flush() {
      to.flush();
    }

    @Override
    public void close() {
      to.flush();
    }
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      var line = new StringBuilder(160);
      TIME.formatTo(Instant.ofEpochMilli(entry.getMillis()), line);
      line.append(String.format(" %-7s ", name(entry.getLevel())))
          .append(entry.getLoggerName())
          .append(": ")
          .append(oneLine(formatMessage(entry)))
          .append('\n');
      Throwable thrown = entry.getThrown();
      if (thrown != null) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        line.append(trace);
      }
      return line.toString();
    }

    private static String name(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return "ERROR";
      }
      if (level.intValue() >= Level.WARNING.intValue()) {
        return "WARNING";
      }
      return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    /** What a client sent may be part of a message, and must not look like a line of its own. */
    private static String oneLine(String message) {
      return message.chars().anyMatch(Character::isISOControl)
          ? message
              .codePoints()
              .mapToObj(
                  c ->
                      Character.isISOControl(c)
                          ? String.format("\\u%04x", c)
                          : Character.toString(c))
              .collect(java.util.stream.Collectors.joining())
          : message;
    }
  }
}
