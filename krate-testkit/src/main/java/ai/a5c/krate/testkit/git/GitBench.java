package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What the rules of {@link GitBackendContract} work with: one backend behind one server, with one
 * repository whose default branch is {@code main}.
 */
public class GitBench implements AutoCloseable {
  /** The branch that HEAD names. */
  public static final RefName MAIN = new RefName("refs/heads/main");

  /** The folder of the backend, in that of the bench. */
  public static final String ROOT = "root";

  private final Path folder;
  private final GitBackend backend;
  private final RecordStore records;
  private final CommittingGate gate;
  private final GitServer server;
  private final Uid repository = Uid.of("00000000-0000-4000-8000-000000000001");
  private final AtomicInteger names = new AtomicInteger();

  /**
   * Creates the repository and starts the server.
   *
   * @param folder for local repositories, and with the backend's own at {@link #ROOT}
   * @param backend closed with the bench
   * @param records the store in which the backend finds its refs
   */
  public GitBench(Path folder, GitBackend backend, RecordStore records) {
    this.folder = folder;
    this.backend = backend;
    this.records = records;
    this.gate = new CommittingGate(records);
    backend.create(repository);
    try {
      server = new GitServer(backend, MAIN, gate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An empty store of refs. */
  public static RecordStore emptyRecords() {
    return new FakeStorage(Set.of("krate.a5c.ai"), () -> Instant.EPOCH).records();
  }

  public final GitBackend backend() {
    return backend;
  }

  public final RecordStore records() {
    return records;
  }

  public final CommittingGate gate() {
    return gate;
  }

  public final GitServer server() {
    return server;
  }

  public final Uid repository() {
    return repository;
  }

  /** What {@code git clone} takes. */
  public final String url() {
    return server.url(repository);
  }

  /** A new local repository whose {@code origin} is the server's. */
  public final Git local() {
    Git git = Git.init(fresh("local"));
    git.run("remote", "add", "origin", url());
    return git;
  }

  /** A clone, made with these options, which may begin with those before {@code clone}. */
  public final Git cloned(String... options) {
    Path to = fresh("clone");
    var all = new ArrayList<>(List.of(options));
    if (!all.contains("clone")) {
      all.add("clone");
    }
    all.addAll(List.of("-q", url(), to.toString()));
    new Git(folder).run(all.toArray(String[]::new));
    return new Git(to);
  }

  /** A place for a folder that does not exist yet. */
  public final Path fresh(String name) {
    return folder.resolve(name + "-" + names.incrementAndGet());
  }

  /** All refs, by name. */
  public final Map<String, String> refs() {
    return refs(repository);
  }

  /** All refs of a repository, by name. */
  public final Map<String, String> refs(Uid of) {
    var refs = new TreeMap<String, String>();
    records
        .refs(of, "", null, 100_000)
        .refs()
        .forEach((name, id) -> refs.put(name.value(), id.hex()));
    return refs;
  }

  /** Moves a ref as the server itself does. */
  public final void move(String ref, String target) {
    move(repository, ref, target);
  }

  /** Moves a ref of a repository as the server itself does. */
  public final void move(Uid of, String ref, String target) {
    ObjectId old = records.ref(of, new RefName(ref)).orElse(null);
    var move = new Operation.MoveRef(of, Template.of(ref), old, ObjectId.of(target));
    assertThat(records.commit(new Transaction<>("server", List.of(move))))
        .isInstanceOf(CommitOutcome.Committed.class);
  }

  /** Every file of the backend, so that a rule can see that nothing was left or lost. */
  public final List<String> files() {
    Path root = folder.resolve(ROOT);
    try (Stream<Path> all = Files.walk(root)) {
      return all.map(path -> root.relativize(path).toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An export that native Git finds nothing wrong with, and whose refs are those of the rows. */
  public final Git soundExport() {
    return soundExport(repository);
  }

  /** The same of any repository. */
  public final Git soundExport(Uid of) {
    Path to = fresh("export");
    backend.export(of, MAIN, to);
    Git git = new Git(to);
    git.run("fsck", "--strict", "--full", "--no-dangling");
    git.run("rev-list", "--objects", "--all");
    var refs = new TreeMap<String, String>();
    for (String line :
        git.run("for-each-ref", "--format=%(refname) %(objectname)").lines().toList()) {
      int space = line.indexOf(' ');
      refs.put(line.substring(0, space), line.substring(space + 1));
    }
    assertThat(refs).isEqualTo(refs(of));
    return git;
  }

  @Override
  public void close() {
    server.close();
    backend.close();
  }
}
