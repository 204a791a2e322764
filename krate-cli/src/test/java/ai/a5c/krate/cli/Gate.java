package ai.a5c.krate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Where steps wait until a test lets them go on. A step that reaches the host's network says its
 * name and holds the connection: as long as any of its processes lives that has it, and no longer.
 */
final class Gate implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final ServerSocket socket;
  private final Map<String, List<Visit>> visits = new ConcurrentHashMap<>();
  private volatile boolean wide;

  /** One connection. */
  private static final class Visit {
    private final Socket socket;
    private volatile boolean gone;

    Visit(Socket socket) {
      this.socket = socket;
    }

    void open() throws IOException {
      socket.getOutputStream().write("go\n".getBytes(UTF_8));
    }
  }

  Gate() throws IOException {
    socket = new ServerSocket(0, 1_000, InetAddress.getByName("127.0.0.1"));
    var unused = Thread.ofVirtual().start(this::serve);
  }

  /** A line of a step's bash: says its name, and holds the connection as number 3. */
  String arrive(String name) {
    return "exec 3<>/dev/tcp/127.0.0.1/" + socket.getLocalPort() + "; echo \"" + name + "\" >&3";
  }

  /** The same, and waits until the gate is opened; fails if it never is, so that tests end. */
  String pass(String name) {
    return arrive(name) + "; read -t 300 -r go <&3; test \"$go\" = go; exec 3>&-";
  }

  /** How many of that name have come so far, gone ones too. */
  int visits(String name) {
    return of(name).size();
  }

  private List<Visit> of(String name) {
    return visits.getOrDefault(name, List.of());
  }

  /** Waits for somebody of that name. */
  void await(String name) {
    await(name, 1);
  }

  /** Waits until so many of that name have come. */
  void await(String name, int count) {
    Waiting.until(name + " is at the gate", PATIENCE, () -> visits(name) >= count);
  }

  /** Lets the last one go on that came by that name. */
  void open(String name) throws IOException {
    of(name).getLast().open();
  }

  /** Lets everybody go on, also those that are still to come. */
  void openWide() throws IOException {
    wide = true;
    for (List<Visit> all : visits.values()) {
      for (Visit visit : all) {
        if (!visit.gone) {
          visit.open();
        }
      }
    }
  }

  /** Waits until nobody has the connection any more that was the first one of that name. */
  void awaitGone(String name, Duration patience) {
    Waiting.until(name + " is gone", patience, () -> of(name).getFirst().gone);
  }

  /** Whether nobody of that name is left. */
  boolean isEmpty(String name) {
    return of(name).stream().allMatch(visit -> visit.gone);
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        Socket one = socket.accept();
        var unused = Thread.ofVirtual().start(() -> receive(one));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void receive(Socket one) {
    var visit = new Visit(one);
    try (one;
        var in = new BufferedReader(new InputStreamReader(one.getInputStream(), UTF_8))) {
      String name = in.readLine();
      if (name == null) {
        return;
      }
      visits.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>()).add(visit);
      if (wide) {
        visit.open();
      }
      while (in.readLine() != null) {
        // There is nothing else to say.
      }
    } catch (IOException e) {
      // As good as its end.
    } finally {
      visit.gone = true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (List<Visit> all : visits.values()) {
      for (Visit visit : all) {
        visit.socket.close();
      }
    }
  }
}
