package ai.a5c.krate.cli;

import ai.a5c.krate.cli.Api.Answer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Clients that write to a server as fast as it answers, and keep a ledger. They go on through
 * errors until they are told to stop.
 */
final class Clients implements AutoCloseable {
  private static final int ISSUE_WRITERS = 2;

  private final Forge forge;
  private final Ledger ledger;
  private final String round;
  private final Path clones;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Starts the clients.
   *
   * @param round tells their objects from those of other rounds
   * @param clones where the clients that push keep their clones from round to round
   */
  Clients(Forge forge, Ledger ledger, String round, Path clones) {
    this.forge = forge;
    this.ledger = ledger;
    this.round = round;
    this.clones = clones;
    for (int i = 0; i < ISSUE_WRITERS; i++) {
      String writer = round + "-w" + i;
      running.add(executor.submit(() -> writeIssues(writer)));
    }
    running.add(executor.submit(this::push));
    running.add(executor.submit(this::openAndMerge));
  }

  /** The answer, empty if there was none or the server says that it does not know. */
  private Optional<Answer> answer(Supplier<Answer> request) {
    try {
      Answer answer = request.get();
      if (answer.code() < 500) {
        if (answer.succeeded()) {
          ledger.acknowledged.incrementAndGet();
        }
        return Optional.of(answer);
      }
    } catch (UncheckedIOException e) {
      // The server was killed: whether it did what was asked is for the ledger to leave open.
    }
    ledger.unknown.incrementAndGet();
    return Optional.empty();
  }

  private void writeIssues(String writer) {
    Api api = forge.server().api();
    for (int i = 0; !stopped; i++) {
      String title = writer + "-" + i;
      Optional<Answer> created = answer(() -> api.create(forge.issues(), forge.issue(title)));
      if (created.isEmpty()) {
        continue;
      }
      String name = created.get().expect(201).name();
      ledger.issues.put(title, name);
      changeBody(api, name, "body of " + title);
      if (i % 4 == 0) {
        refuse(api, "refused-" + title);
      }
    }
  }

  private void changeBody(Api api, String name, String body) {
    Ledger.open(ledger.openBodies, name, body);
    String patch = "{\"spec\":{\"body\":\"" + body + "\"}}";
    answer(() -> api.patch(forge.issues() + "/" + name, patch))
        .ifPresent(
            answer -> {
              answer.expect(200);
              ledger.bodies.put(name, body);
              ledger.openBodies.remove(name);
            });
  }

  private void refuse(Api api, String title) {
    String elsewhere =
        forge.issue(title).replace("\"repository\":\"web\"", "\"repository\":\"no\"");
    answer(() -> api.create(forge.issues(), elsewhere))
        .ifPresent(
            answer -> {
              answer.expect(422);
              ledger.refused.add(title);
            });
  }

  private void push() {
    var git = new GitClient(clones.resolve("pusher"), forge.server().data());
    for (int i = 0; !stopped; i++) {
      String commit = git.commit("pushed", round + "-" + i + "\n");
      send(git, "HEAD:refs/heads/pushed", "pushed", commit);
      if (i % 3 == 0) {
        String forbidden = git.commit("forbidden", round + "-" + i + "\n");
        GitClient.Ended ended =
            git.attempt("push", "--porcelain", forge.url(), "HEAD:refs/pull/1/head");
        if (ended.out().contains("[remote rejected]")) {
          ledger.refusedCommits.add(forbidden);
        }
        git.run("reset", "-q", "--hard", "HEAD~1");
      }
    }
  }

  /** Whether the push was acknowledged. */
  private boolean send(GitClient git, String what, String branch, String commit) {
    Ledger.open(ledger.openPushes, branch, commit);
    boolean done = git.attempt("push", "-q", forge.url(), what).code() == 0;
    if (done) {
      ledger.pushes.put(branch, commit);
      ledger.openPushes.remove(branch);
      ledger.acknowledged.incrementAndGet();
    } else {
      ledger.unknown.incrementAndGet();
    }
    return done;
  }

  private void openAndMerge() {
    var git = new GitClient(clones.resolve("merger"), forge.server().data());
    Api api = forge.server().api();
    for (int i = 0; !stopped; i++) {
      String branch = round + "-topic-" + i;
      git.run("checkout", "-q", "-b", branch, "main");
      boolean conflicts = i % 3 == 2;
      String commit = git.commit(conflicts ? "README" : branch, branch + "\n");
      if (send(git, branch, branch, commit)) {
        answer(() -> api.create(forge.pullRequests(), forge.pullRequest(branch, branch)))
            .map(answer -> answer.expect(201).name())
            .ifPresent(name -> merge(api, branch, name, conflicts));
      }
      git.run("checkout", "-q", "main");
    }
  }

  private void merge(Api api, String title, String name, boolean conflicts) {
    ledger.pulls.put(title, name);
    answer(() -> forge.merge(api, name))
        .ifPresent(
            answer -> {
              if (answer.expect(conflicts ? 422 : 200).succeeded()) {
                ledger.merges.put(name, answer.text("status", "merge", "commit"));
              } else {
                ledger.refusedMerges.add(name);
              }
            });
  }

  /** Tells the clients to stop, waits for them, and fails if one got an answer it cannot have. */
  @Override
  public void close() {
    stopped = true;
    try {
      for (Future<?> client : running) {
        client.get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a client failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      executor.shutdownNow();
    }
  }
}
