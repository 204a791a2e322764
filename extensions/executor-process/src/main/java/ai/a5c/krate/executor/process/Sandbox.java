package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One runner: a first process that only waits for its input to end, and what enters its namespaces
 * for each step. The input ends when this process does, however that ends; the kernel then kills
 * whatever is in the sandbox.
 */
final class Sandbox implements Runner {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration GRACE = Duration.ofSeconds(3);

  /** In which the end of a runner that took a step along is seen. */
  private static final Duration LAST = Duration.ofSeconds(2);

  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);
  private static final int MESSAGE = 2_000;

  private final String name;
  private final RunnerTerms terms;
  private final Commands commands;
  private final KernelUsers.Users users;
  private final Consumer<Sandbox> ended;

  /** Held while something runs in it. */
  private final ReentrantLock busy = new ReentrantLock();

  private final ReentrantLock closing = new ReentrantLock();
  private @Nullable Process supervisor;
  private @Nullable Path remembered;
  private Optional<ControlGroup> group = Optional.empty();
  private boolean closed;
  private volatile boolean ending;
  private volatile @Nullable Watch running;

  Sandbox(
      String name, RunnerTerms terms, Host host, KernelUsers.Users users, Consumer<Sandbox> ended) {
    this.name = name;
    this.terms = terms;
    this.users = users;
    this.ended = ended;
    this.commands = new Commands(host, terms, users);
  }

  KernelUsers.Users users() {
    return users;
  }

  /** Starts it. Whoever called has to close it if this fails. */
  void open(Optional<ControlGroups> groups, Leftovers leftovers)
      throws IOException, InterruptedException {
    if (groups.isPresent()) {
      group = Optional.of(groups.get().create(terms.memoryBytes(), terms.diskBytes()));
    }
    Process holder = commands.holder().start();
    try {
      Greeting.await(holder, "up");
      commands.mapUsers(holder.pid());
      Process started = commands.supervisor(holder.pid()).start();
      supervisor = started;
      remembered = leftovers.remember(started.pid());
      Greeting.await(started, "ready");
    } finally {
      holder.destroyForcibly();
    }
  }

  @Override
  public void unpack(InputStream tar) throws IOException, InterruptedException {
    busy("unpack");
    try {
      Operation operation = start("unpack", 0);
      Watch watch = watch(operation, UNBOUNDED);
      // What says one thing fails, and an archive may never end.
      var said = new Excerpt(MESSAGE, operation::kill);
      Operation.Flow output = operation.drainTo(said);
      Operation.Flow input = operation.feed(tar);
      Optional<StepEnd> cut = await(watch, input);
      input.finish();
      output.finish();
      Optional<Integer> code = operation.code();
      if (cut.isPresent() || !said.isEmpty() || !code.equals(Optional.of(0))) {
        String why = cut.map(StepEnd::toString).orElse(said + " " + operation.messages());
        emptied();
        throw new ExecutorFailedException("the archive is not unpacked: " + why.strip());
      }
    } finally {
      busy.unlock();
    }
  }

  /** A watch that whoever cancels finds, until its end is awaited. */
  private Watch watch(Operation operation, Duration timeout) {
    var watch = new Watch(operation, timeout);
    running = watch;
    return watch;
  }

  private Optional<StepEnd> await(Watch watch, Operation.Flow flow) throws InterruptedException {
    try {
      return watch.await(flow);
    } finally {
      running = null;
    }
  }

  /** Half an archive is not a workspace. That is seen to whoever cancels. */
  private void emptied() throws IOException, InterruptedException {
    if (!isAlive()) {
      return;
    }
    Operation operation = start("empty", 0);
    operation.closeInput();
    Operation.Flow output = operation.drainTo(OutputStream.nullOutputStream());
    Optional<StepEnd> cut = new Watch(operation, UNBOUNDED).await(output);
    if (cut.isPresent() || !operation.code().equals(Optional.of(0))) {
      throw new ExecutorFailedException("the workspace is not emptied: " + operation.messages());
    }
  }

  @Override
  public void pack(OutputStream tar, long mostBytes) throws IOException, InterruptedException {
    busy("pack");
    try {
      Operation operation = start("pack", 0);
      Watch watch = watch(operation, UNBOUNDED);
      operation.closeInput();
      var bounded = new Bounded(tar, mostBytes);
      Operation.Flow output = operation.drainTo(bounded);
      Optional<StepEnd> cut = await(watch, output);
      output.finish();
      if (cut.isPresent() || !operation.code().equals(Optional.of(0))) {
        String why = cut.map(StepEnd::toString).orElse(operation.messages());
        throw new ExecutorFailedException("the workspace is not packed: " + why);
      }
    } finally {
      busy.unlock();
    }
  }

  @Override
  public StepEnd run(Step step, OutputStream log) throws IOException, InterruptedException {
    Order order = Order.of(step);
    busy("run a step");
    try {
      if (!isAlive()) {
        return new StepEnd.Lost("the runner " + name + " is gone");
      }
      long killed = group.map(ControlGroup::killed).orElse(0L);
      Operation operation = start("run", order.bytes());
      Watch watch = watch(operation, step.timeout());
      Operation.Flow output = operation.drainTo(log);
      operation.order(order);
      Optional<StepEnd> cut = await(watch, output);
      output.finish();
      if (cut.isPresent()) {
        return cut.get();
      }
      if (group.map(ControlGroup::killed).orElse(0L) > killed) {
        return exceeded();
      }
      return end(operation);
    } finally {
      running = null;
      busy.unlock();
    }
  }

  private StepEnd end(Operation operation) throws InterruptedException {
    Optional<Integer> code = operation.code();
    if (code.isPresent()) {
      return new StepEnd.Exited(code.get());
    }
    Process process = supervisor;
    if (ending || process == null || process.waitFor(LAST.toMillis(), TimeUnit.MILLISECONDS)) {
      return new StepEnd.Lost("the runner " + name + " ended");
    }
    if (operation.started()) {
      // The kernel ended the step's first process, as it does with one that is out of bounds.
      return new StepEnd.Exited(137);
    }
    throw new ExecutorFailedException("the step did not start: " + operation.messages());
  }

  private StepEnd exceeded() {
    return new StepEnd.Exceeded("more than " + Amounts.size(terms.memoryBytes()) + " of memory");
  }

  /** What unpacks or packs is ended, too, and then has failed: it may take long. */
  @Override
  public void cancel() {
    Watch watch = running;
    if (watch != null) {
      watch.canceled = true;
    }
  }

  private void busy(String what) {
    if (!busy.tryLock()) {
      throw new IllegalStateException("the runner " + name + " cannot " + what + ": it is busy");
    }
  }

  @Override
  public boolean isAlive() {
    Process process = supervisor;
    return process != null && process.isAlive();
  }

  private Operation start(String order, long bytes) throws IOException {
    Process process = supervisor;
    if (process == null || !process.isAlive()) {
      throw new ExecutorFailedException("the runner " + name + " is gone");
    }
    return Operation.start(
        commands.step(process.pid(), order, bytes, group.map(ControlGroup::entrance)));
  }

  @Override
  public void close() {
    closing.lock();
    try {
      if (closed) {
        return;
      }
      ending = true;
      Process process = supervisor;
      if (process != null) {
        end(process);
      }
      // Whoever ran a step sees its end now; the group is empty once that one has come back.
      awaitIdle();
      group.ifPresent(ControlGroup::remove);
      if (remembered != null) {
        Leftovers.forget(remembered);
      }
      closed = true;
      ended.accept(this);
    } finally {
      closing.unlock();
    }
  }

  private void awaitIdle() {
    boolean interrupted = Thread.interrupted();
    try {
      if (busy.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        busy.unlock();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the first process, and waits for the one outside that is told by the kernel when all
   * others are gone.
   */
  private void end(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Then it does not read any more, because it has ended.
    }
    if (waited(process)) {
      return;
    }
    ProcessTree.children(process.pid())
        .forEach(first -> ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly));
    if (!waited(process)) {
      throw new ExecutorFailedException("the runner " + name + " does not end");
    }
  }

  /** Whether it ends; an interrupt does not shorten that, and is not forgotten. */
  private static boolean waited(Process process) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the end of something, and cuts it short where it has to be. */
  private final class Watch {
    private final Operation operation;
    private final long begun = System.nanoTime();
    private final long timeout;
    private volatile boolean canceled;
    private @Nullable StepEnd cut;
    private long asked;
    private long nextLook = begun;

    Watch(Operation operation, Duration timeout) {
      this.operation = operation;
      this.timeout = Amounts.nanos(timeout);
    }

    /** Says how it was cut short, if it was. */
    Optional<StepEnd> await(Operation.Flow flow) throws InterruptedException {
      try {
        while (!operation.ended(POLL)) {
          if (flow.failed()) {
            operation.kill();
          } else {
            look();
          }
        }
        if (group.isPresent()) {
          group.get().settle();
        }
      } catch (InterruptedException e) {
        killed();
        throw e;
      }
      return Optional.ofNullable(cut);
    }

    private void look() {
      long now = System.nanoTime();
      if (cut == null) {
        if (canceled) {
          ask(new StepEnd.Canceled(), now);
        } else if (now - begun >= timeout) {
          ask(new StepEnd.TimedOut(), now);
        } else if (now - nextLook >= 0) {
          lookAtMemory(now);
        }
      } else if (now - asked >= GRACE.toNanos()) {
        operation.kill();
      }
    }

    private void ask(StepEnd why, long now) {
      cut = why;
      asked = now;
      operation.terminate();
    }

    /** A look at many processes takes time, of which this may be a fifth. */
    private void lookAtMemory(long now) {
      long used =
          group.isPresent() ? group.get().memory() : ProcessTree.memoryBelow(operation.pid());
      long after = System.nanoTime();
      nextLook = after + Math.max(2 * POLL.toNanos(), 4 * (after - now));
      if (used > terms.memoryBytes()) {
        cut = exceeded();
        asked = now - GRACE.toNanos();
        operation.kill();
      }
    }

    private void killed() {
      boolean over = false;
      while (!over) {
        operation.kill();
        try {
          over = operation.ended(POLL);
        } catch (InterruptedException e) {
          // The first one is what the caller gets to see.
        }
      }
    }
  }
}
