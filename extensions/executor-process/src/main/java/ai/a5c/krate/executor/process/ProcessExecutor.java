package ai.a5c.krate.executor.process;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Starts sandboxes on this host. */
final class ProcessExecutor implements StepExecutor {
  private static final long MIB = 1L << 20;
  private static final Duration TRIAL = Duration.ofMinutes(1);

  /** Says "isolated" if it has no capability, can get none, and tar is the one that is meant. */
  private static final String PROBE =
      """
      grep -q '^CapEff:.0*$' /proc/self/status
      grep -q '^CapBnd:.0*$' /proc/self/status
      grep -q '^NoNewPrivs:.1$' /proc/self/status
      tar --version | grep -q GNU || { echo 'tar is not GNU tar: install it'; exit 1; }
      find /tmp -mindepth 1 -maxdepth 1 -name home | grep -q .
      echo isolated
      """;

  private final Host host;
  private final Path folder;
  private final KernelUsers users;
  private final Optional<ControlGroups> groups;
  private final Leftovers leftovers;
  private final ReentrantLock trial = new ReentrantLock();
  private final Map<TrustTier, Optional<String>> obstacles = new EnumMap<>(TrustTier.class);
  private final Set<Sandbox> living = new LinkedHashSet<>();
  private boolean closed;

  private ProcessExecutor(
      Host host,
      Path folder,
      KernelUsers users,
      Optional<ControlGroups> groups,
      Leftovers leftovers) {
    this.host = host;
    this.folder = folder;
    this.users = users;
    this.groups = groups;
    this.leftovers = leftovers;
  }

  static ProcessExecutor open(Path folder, Host host) {
    try {
      Leftovers leftovers = Leftovers.in(folder);
      leftovers.end();
      Optional<ControlGroups> groups = ControlGroups.of(host);
      groups.ifPresent(ControlGroups::sweep);
      return new ProcessExecutor(host, folder, KernelUsers.of(host.locks()), groups, leftovers);
    } catch (IOException e) {
      throw new ExecutorFailedException("the executor's folders cannot be used: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutorFailedException("interrupted while sandboxes of an earlier run ended", e);
    }
  }

  /** Whether the kernel bounds the memory of the runners. */
  boolean hasControlGroups() {
    return groups.isPresent();
  }

  @Override
  public Optional<String> obstacle(TrustTier tier) {
    trial.lock();
    try {
      Optional<String> known = obstacles.get(tier);
      if (known == null) {
        known = tried(tier);
        obstacles.put(tier, known);
      }
      return known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted while it was tried whether sandboxes start");
    } finally {
      trial.unlock();
    }
  }

  private Optional<String> tried(TrustTier tier) throws InterruptedException {
    Optional<String> missing = host.missing();
    if (missing.isPresent()) {
      return missing;
    }
    try {
      Optional<String> exposed = host.exposed(folder);
      if (exposed.isPresent()) {
        return exposed;
      }
    } catch (IOException e) {
      return Optional.of("the executor's folder cannot be used: " + e);
    }
    var terms = new RunnerTerms(tier, tier == TrustTier.TRUSTED, 64 * MIB, 8 * MIB, 32);
    try (Runner runner = start("trial", terms)) {
      var step = new Step("set -e\n" + PROBE, Map.of(), "", Map.of(), TRIAL);
      var log = new ByteArrayOutputStream();
      StepEnd end = runner.run(step, log);
      String said = log.toString(StandardCharsets.UTF_8).strip();
      if (end.equals(new StepEnd.Exited(0)) && said.equals("isolated")) {
        return tier == TrustTier.UNTRUSTED && groups.isEmpty()
            ? Optional.of(ControlGroups.NONE)
            : Optional.empty();
      }
      return Optional.of("a sandbox on this host does not isolate: " + end + " " + said);
    } catch (ExecutorFailedException | IOException e) {
      return Optional.of(e.getMessage() + "; " + host.advice());
    }
  }

  @Override
  public Runner start(String name, RunnerTerms terms) throws InterruptedException {
    var sandbox = new Sandbox(name, terms, host, users.take(), this::ended);
    synchronized (living) {
      if (closed) {
        users.giveBack(sandbox.users());
        throw new ExecutorFailedException("the executor is closed");
      }
      living.add(sandbox);
    }
    try {
      sandbox.open(groups, leftovers);
      return sandbox;
    } catch (IOException e) {
      sandbox.close();
      throw new ExecutorFailedException("the runner " + name + " does not start: " + e, e);
    } catch (InterruptedException | RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  /** Called once for each sandbox, when none of its processes is left. */
  private void ended(Sandbox sandbox) {
    synchronized (living) {
      living.remove(sandbox);
    }
    users.giveBack(sandbox.users());
  }

  @Override
  public void close() {
    List<Sandbox> rest;
    synchronized (living) {
      closed = true;
      rest = new ArrayList<>(living);
    }
    rest.forEach(Sandbox::close);
    users.close();
  }
}
