package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a process says when it is where it should be. */
final class Greeting {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int LONGEST = 2_000;

  private Greeting() {}

  /**
   * Waits for it.
   *
   * @throws ExecutorFailedException with what the process complained about, if it ends instead
   */
  static void await(Process process, String word) throws InterruptedException {
    var line = new FutureTask<>(() -> line(process.getInputStream()));
    Thread.ofPlatform().daemon().name("krate-greeting").start(line);
    String said;
    try {
      said = line.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      said = "";
    } catch (TimeoutException e) {
      throw new ExecutorFailedException(
          "a sandbox did not start within " + PATIENCE.toSeconds() + " s");
    }
    if (!said.equals(word)) {
      throw new ExecutorFailedException("a sandbox does not start: " + complaint(process));
    }
  }

  private static String line(InputStream in) throws IOException {
    var text = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && text.length() < LONGEST; c = in.read()) {
      text.append((char) c);
    }
    return text.toString();
  }

  /** It ends, since its output has. */
  private static String complaint(Process process) throws InterruptedException {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return "it says nothing";
      }
      byte[] bytes = process.getErrorStream().readNBytes(LONGEST);
      String text = new String(bytes, StandardCharsets.UTF_8).strip().replace("\n", "; ");
      return text.isEmpty() ? "it ended with " + process.exitValue() : text;
    } catch (IOException e) {
      return "it said what cannot be read: " + e;
    }
  }
}
