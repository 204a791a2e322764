package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where benchmarks run: a folder of their own, a server and a peer database, both started when
 * first asked for. Closing it ends every process and deletes the folder.
 */
final class Lab implements AutoCloseable {
  private final Path folder;
  private final Scale scale;
  private final AtomicInteger names = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private @Nullable ApiClient client;
  private @Nullable ServerProcess server;
  private @Nullable PeerDatabase peer;
  private boolean closed;

  private Lab(Path folder, Scale scale) {
    this.folder = folder;
    this.scale = scale;
  }

  /** Makes a new folder within this one. */
  static Lab open(Path within, Scale scale) throws IOException {
    Files.createDirectories(within);
    return new Lab(Files.createTempDirectory(within.toAbsolutePath().normalize(), "bench"), scale);
  }

  Scale scale() {
    return scale;
  }

  Disk disk() {
    return new Disk(folder, scale.measure().dividedBy(3));
  }

  /** A path that nothing is at yet. */
  Path fresh(String name) {
    return folder.resolve(name + names.incrementAndGet());
  }

  /** The shared server. */
  ApiClient api() {
    lock.lock();
    try {
      if (client == null) {
        Path data = fresh("server");
        ServerProcess started = keep(ServerProcess.serve(data));
        server = started;
        client = keep(new ApiClient(started.url(), data));
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  /** The process of the shared server. */
  ServerProcess server() {
    ApiClient api = api();
    lock.lock();
    try {
      if (server == null) {
        throw new IllegalStateException("there is no server at " + api.uri("/"));
      }
      return server;
    } finally {
      lock.unlock();
    }
  }

  /** The same PostgreSQL with the same settings, without Krate. */
  PeerDatabase peer() {
    lock.lock();
    try {
      if (peer == null) {
        peer = keep(PeerDatabase.start(fresh("peer")));
      }
      return peer;
    } finally {
      lock.unlock();
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        closeParts();
        delete();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        System.getLogger(Lab.class.getName())
            .log(System.Logger.Level.WARNING, "something did not end as it should", e);
      }
    }
  }

  private void delete() {
    try (Stream<Path> found = Files.walk(folder)) {
      List<Path> files = found.sorted(Comparator.reverseOrder()).toList();
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(Lab.class.getName())
          .log(System.Logger.Level.WARNING, "the folder " + folder + " is left behind", e);
    }
  }
}
