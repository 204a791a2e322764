package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
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
import java.util.UUID;
import java.util.stream.Stream;

/** One backend behind one server, with one repository whose default branch is {@code main}. */
final class GitWorld implements AutoCloseable {
  static final RefName MAIN = new RefName("refs/heads/main");

  final Path folder;
  final RecordStore records = records();
  final CommittingGate gate = new CommittingGate(records);
  final Uid repository = new Uid(UUID.randomUUID());
  final JGitBackend backend;
  final SmartHttp http;
  private int names;

  GitWorld(Path folder) {
    this(folder, GitSettings.defaults());
  }

  GitWorld(Path folder, GitSettings settings) {
    this.folder = folder;
    backend = new JGitBackend(folder.resolve("root"), records, settings);
    backend.create(repository);
    try {
      http = new SmartHttp(backend, MAIN, gate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return http.url(repository);
  }

  /** A new local repository whose {@code origin} is the server's. */
  Git local() {
    Git git = Git.init(fresh("local"));
    git.run("remote", "add", "origin", url());
    return git;
  }

  Git cloned(String... options) {
    Path to = fresh("clone");
    var all = new ArrayList<>(List.of(options));
    if (!all.contains("clone")) {
      all.add("clone");
    }
    all.addAll(List.of("-q", url(), to.toString()));
    new Git(folder).run(all.toArray(String[]::new));
    return new Git(to);
  }

  Path fresh(String name) {
    return folder.resolve(name + "-" + ++names);
  }

  /** An empty store of refs. */
  static RecordStore records() {
    return new FakeStorage(Set.of("krate.a5c.ai"), () -> Instant.EPOCH).records();
  }

  /** All refs, by name. */
  Map<String, String> refs() {
    var refs = new TreeMap<String, String>();
    records
        .refs(repository, "", null, 100_000)
        .refs()
        .forEach((name, id) -> refs.put(name.value(), id.hex()));
    return refs;
  }

  /** Moves a ref as the server itself does. */
  void move(String ref, String target) {
    ObjectId old = records.ref(repository, new RefName(ref)).orElse(null);
    var move = new Operation.MoveRef(repository, Template.of(ref), old, ObjectId.of(target));
    assertThat(records.commit(new Transaction<>("server", List.of(move))))
        .isInstanceOf(CommitOutcome.Committed.class);
  }

  /** Every file below the root, so that a test can see that nothing was left or lost. */
  List<String> files() {
    Path root = folder.resolve("root");
    try (Stream<Path> all = Files.walk(root)) {
      return all.map(path -> root.relativize(path).toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path objects() {
    try (Stream<Path> all = Files.walk(folder.resolve("root"))) {
      return all.filter(path -> path.endsWith(repository + ".git/objects"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An export that native Git finds nothing wrong with, and whose refs are those of the rows. */
  Git soundExport() {
    Path to = fresh("export");
    backend.export(repository, MAIN, to);
    Git git = new Git(to);
    git.run("fsck", "--strict", "--full", "--no-dangling");
    git.run("rev-list", "--objects", "--all");
    var refs = new TreeMap<String, String>();
    for (String line :
        git.run("for-each-ref", "--format=%(refname) %(objectname)").lines().toList()) {
      String[] parts = line.split(" ");
      refs.put(parts[0], parts[1]);
    }
    assertThat(refs).isEqualTo(refs());
    return git;
  }

  @Override
  public void close() {
    http.close();
    backend.close();
  }
}
