package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that the figures are of. */
final class Machine {
  private static final Pattern KIB = Pattern.compile("(?m)^(?:Pss|VmRSS):\\s+(\\d+) kB");

  private Machine() {}

  static List<String> facts(Disk disk) {
    Runtime.Version version = Runtime.version();
    return List.of(
        "Processors: " + Runtime.getRuntime().availableProcessors() + model(),
        "Memory: " + Numbers.mebibytes(memory()),
        "JDK: " + System.getProperty("java.vm.vendor") + " " + version,
        "System: "
            + String.join(
                " ",
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        "Disk: " + disk.kind() + ", fdatasync of 8 KiB " + disk.syncs().text(),
        "Load average at the start: " + loadAverage());
  }

  static String loadAverage() {
    double average = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return average < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", average);
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String model() {
    return read(Path.of("/proc/cpuinfo"))
        .flatMap(text -> first(Pattern.compile("(?m)^model name\\s*:\\s*(.+)$"), text))
        .map(name -> " (" + name + ")")
        .orElse("");
  }

  /** The memory that the process has to itself in RAM, in bytes; what it shares counts in full. */
  static long residentBytes(ProcessHandle process) {
    return read(Path.of("/proc", Long.toString(process.pid()), "status"))
        .flatMap(text -> first(KIB, text))
        .map(kib -> 1024 * Long.parseLong(kib))
        .orElseGet(() -> 1024 * processStatus(process));
  }

  /** The same, but of what several processes share each has its part. */
  static long proportionalBytes(ProcessHandle process) {
    return read(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))
        .flatMap(text -> first(KIB, text))
        .map(kib -> 1024 * Long.parseLong(kib))
        .orElseGet(() -> residentBytes(process));
  }

  private static long processStatus(ProcessHandle process) {
    try {
      String text = Commands.run(Path.of("."), "ps", "-o", "rss=", "-p", "" + process.pid());
      return Long.parseLong(text.strip());
    } catch (BenchmarkFailedException | NumberFormatException e) {
      return 0; // it has ended in between
    }
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
