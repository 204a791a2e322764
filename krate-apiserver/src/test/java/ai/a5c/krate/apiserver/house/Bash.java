package ai.a5c.krate.apiserver.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The real bash, in which kubectl and git are programs that show the words and the input they get.
 */
public final class Bash {
  /** A NUL can be in no word and in no input of a test. */
  private static final String PROGRAMS =
      """
      show() { printf '%d\\0' $#; [ $# = 0 ] || printf '%s\\0' "$@"; cat; printf '\\0'; }
      kubectl() { show "$@"; }
      git() { show "$@"; }
      """;

  private Bash() {}

  /**
   * What a program got.
   *
   * @param words its arguments
   * @param input its standard input
   * @param said what bash itself had to say, standard error included
   */
  public record Seen(List<String> words, String input, String said) {
    public Seen {
      words = List.copyOf(words);
    }
  }

  /** Runs one command. */
  public static Seen run(String command) {
    return seen(output(command));
  }

  /** Runs a script of commands, and shows what each got. */
  public static List<Seen> runAll(String script) {
    List<String> parts = Arrays.asList(output(script).split("\0", -1));
    List<Seen> all = new ArrayList<>();
    int at = 0;
    while (at + 2 < parts.size()) {
      int words = Integer.parseInt(parts.get(at));
      all.add(new Seen(parts.subList(at + 1, at + 1 + words), parts.get(at + 1 + words), ""));
      at += words + 2;
    }
    return all;
  }

  private static String output(String command) {
    try {
      Process bash = new ProcessBuilder("bash", "--norc", "-s").redirectErrorStream(true).start();
      try (var in = bash.getOutputStream()) {
        in.write((PROGRAMS + "{ " + command + "\n} </dev/null\n").getBytes(StandardCharsets.UTF_8));
      }
      String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (bash.waitFor() != 0) {
        throw new AssertionError("bash failed: " + out);
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Seen seen(String out) {
    List<String> parts = Arrays.asList(out.split("\0", -1));
    if (parts.size() < 3) {
      return new Seen(List.of(), "", out);
    }
    int words = Integer.parseInt(parts.getFirst());
    return new Seen(
        parts.subList(1, 1 + words),
        parts.get(1 + words),
        String.join("|", parts.subList(2 + words, parts.size())));
  }
}
