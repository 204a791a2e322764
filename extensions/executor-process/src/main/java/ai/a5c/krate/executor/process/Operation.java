package ai.a5c.krate.executor.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs in a sandbox, as the process of the host that entered it and waits: it ends
 * when the first process inside has, and with that all others have.
 *
 * <p>What the first process inside tells comes over its error stream, which no job has: lines. What
 * is not one of the known words is kept for people.
 */
final class Operation {
  private static final int LINES = 20;
  private static final int LINE = 500;
  private static final int BUFFER = 1 << 16;

  private final Process process;
  private final Thread told;
  private final List<String> messages = new ArrayList<>();
  private volatile boolean started;
  private volatile @Nullable Integer code;

  private Operation(Process process) {
    this.process = process;
    this.told = Thread.ofPlatform().daemon().name("krate-step-told").unstarted(this::listen);
  }

  static Operation start(ProcessBuilder builder) throws IOException {
    var operation = new Operation(builder.start());
    operation.told.start();
    return operation;
  }

  /** What may go wrong while bytes flow. */
  interface Work {
    void run() throws IOException;
  }

  /** A thread that moves bytes, and what it met. */
  static final class Flow {
    private final Thread thread;
    private volatile @Nullable Exception fault;

    private Flow(Operation operation, Work work) {
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("krate-step-flow")
              .start(
                  () -> {
                    try {
                      work.run();
                    } catch (IOException | RuntimeException e) {
                      fault = e;
                      operation.kill();
                    }
                  });
    }

    /** Waits until all has been moved. */
    void finish() throws IOException, InterruptedException {
      thread.join();
      switch (fault) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Exception e -> throw new IllegalStateException(e);
      }
    }

    boolean failed() {
      return fault != null;
    }
  }

  /** Writes what it puts out as long as there is any; a target that fails ends the operation. */
  Flow drainTo(OutputStream target) {
    return new Flow(
        this,
        () -> {
          var buffer = new byte[BUFFER];
          InputStream source = process.getInputStream();
          for (int n = read(source, buffer); n >= 0; n = read(source, buffer)) {
            target.write(buffer, 0, n);
          }
        });
  }

  /** The end of a process may close its streams under the reader. */
  private static int read(InputStream source, byte[] buffer) {
    try {
      return source.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Gives it a source, until either of them ends. */
  Flow feed(InputStream source) {
    return new Flow(
        this,
        () -> {
          var buffer = new byte[BUFFER];
          int n = source.read(buffer);
          while (n >= 0 && wrote(buffer, n)) {
            n = source.read(buffer);
          }
          closeInput();
        });
  }

  private boolean wrote(byte[] buffer, int length) {
    try {
      process.getOutputStream().write(buffer, 0, length);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Gives it an order; it may end without having read that. */
  void order(Order order) {
    try {
      order.writeTo(process.getOutputStream());
    } catch (IOException e) {
      // Then it has ended, which everybody sees.
    }
    closeInput();
  }

  void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended.
    }
  }

  long pid() {
    return process.pid();
  }

  boolean ended(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Asks what runs inside to end. */
  void terminate() {
    first().ifPresent(ProcessHandle::destroy);
  }

  /** Ends the first process inside, and so all; or who was about to start it. */
  void kill() {
    Optional<ProcessHandle> first = first();
    if (first.isPresent()) {
      first.get().destroyForcibly();
      return;
    }
    for (long entered : ProcessTree.children(process.pid())) {
      ProcessHandle.of(entered).ifPresent(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
  }

  /** The first process inside: the only child of the only child. */
  private Optional<ProcessHandle> first() {
    return ProcessTree.children(process.pid()).stream()
        .flatMap(entered -> ProcessTree.children(entered).stream())
        .findFirst()
        .flatMap(ProcessHandle::of);
  }

  /** Whether the job itself began. */
  boolean started() {
    return started;
  }

  /** How the job ended, as the first process inside told; empty if it did not come to that. */
  Optional<Integer> code() throws InterruptedException {
    told.join();
    return Optional.ofNullable(code);
  }

  /** What else was told. */
  String messages() throws InterruptedException {
    told.join();
    synchronized (messages) {
      return String.join("; ", messages);
    }
  }

  private void listen() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8), LINE)) {
      var line = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          take(line.toString());
          line.setLength(0);
        } else if (line.length() < LINE) {
          line.append((char) c);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The stream ends with the process.
    }
  }

  private void take(String line) {
    if (line.equals("started")) {
      started = true;
    } else if (line.startsWith("exit ")) {
      code = Integer.valueOf(line.substring("exit ".length()));
    } else {
      synchronized (messages) {
        if (messages.size() < LINES) {
          messages.add(line);
        }
      }
    }
  }
}
