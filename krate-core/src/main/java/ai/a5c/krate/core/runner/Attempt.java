package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that a runner has: its secrets, its log, its workspace and its step. Run by one
 * thread; any thread may look whether it is still wanted.
 */
final class Attempt {
  private static final Logger LOG = System.getLogger(Attempt.class.getName());
  private static final long LOG_BYTES = 64L << 20;

  private final Seat.Tools tools;
  private final Claiming.Claim claim;
  private final Runner runner;
  private final Workplace workplace;
  private final BooleanSupplier closing;

  /** When, in nanoseconds, its time is over, while its workspace is being made. */
  private volatile @Nullable Long deadline;

  /** Whether somebody ended it. */
  private volatile boolean canceled;

  /** Whether nothing of it runs any more; what its runner does then is none of its business. */
  private volatile boolean ended;

  /**
   * @param closing whether the server stops, and ends the runner with all that is on it
   */
  Attempt(
      Seat.Tools tools,
      Claiming.Claim claim,
      Runner runner,
      Workplace workplace,
      BooleanSupplier closing) {
    this.tools = tools;
    this.claim = claim;
    this.runner = runner;
    this.workplace = workplace;
    this.closing = closing;
  }

  /**
   * Looks whether it is still wanted, and ends what runs if not. Asks the store: called again and
   * again, so that nothing that was missed stays so.
   */
  void check() throws InterruptedException {
    Long end = deadline;
    if (end != null && left(end).isNegative()) {
      runner.cancel();
      return;
    }
    if (!canceled && !tools.claiming().isWanted(claim)) {
      canceled = true;
    }
    if (canceled && !ended) {
      runner.cancel();
    }
  }

  /** Whether nobody waits any more for the workspace that is being made. */
  private boolean isOver() {
    Long end = deadline;
    return closing.getAsBoolean() || canceled || (end != null && left(end).isNegative());
  }

  private Duration left(long end) {
    return Duration.ofNanos(end - tools.environment().nanos().getAsLong());
  }

  /** Runs it, and says how it ended. */
  JobStatus.End run() throws InterruptedException {
    try {
      return logged();
    } finally {
      ended = true;
    }
  }

  private JobStatus.End logged() throws InterruptedException {
    JobSecrets.Found secrets = JobSecrets.read(tools.client(), claim);
    if (secrets instanceof JobSecrets.Found.Missing(var why)) {
      return Verdict.failed(claim, "SecretNotGranted", why);
    }
    Map<String, Secret> files = ((JobSecrets.Found.Files) secrets).files();
    Masker masker;
    try {
      masker = Masker.of(files.values());
    } catch (IllegalArgumentException e) {
      return Verdict.failed(claim, "SecretsTooLarge", String.valueOf(e.getMessage()));
    }
    var stored =
        new LogWriter(
            tools.blobs(), JobLogs.stream(claim.object().uid(), claim.attempt()), LOG_BYTES);
    try {
      var log = new MaskedLog(stored, masker);
      JobStatus.End end = run(files, log);
      log.drain();
      stored.close();
      return end.with(stored.stored());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the attempt of {0} is given up: {1}", claim.object(), e.toString());
      return JobStatus.End.lost("it could not be run to its end: " + e.getMessage());
    }
  }

  private JobStatus.End run(Map<String, Secret> files, MaskedLog log)
      throws IOException, InterruptedException {
    long over = tools.environment().nanos().getAsLong() + claim.pool().jobTimeout().toNanos();
    deadline = over;
    try {
      Optional<String> fault = workplace.ready(claim, this::isOver);
      if (fault.isPresent()) {
        log.note(fault.get());
        return Verdict.failed(claim, "NoWorkspace", fault.get());
      }
    } catch (ExecutorFailedException e) {
      if (closing.getAsBoolean()) {
        return JobStatus.End.lost("the server was stopped");
      }
      if (!runner.isAlive()) {
        return JobStatus.End.lost("the runner died: " + e.getMessage());
      }
      if (canceled) {
        return JobStatus.End.canceled();
      }
      String why = "the workspace cannot be made: " + e.getMessage();
      log.note(why);
      return left(over).isNegative()
          ? Verdict.timedOut(claim, "")
          : Verdict.failed(claim, "NoWorkspace", why);
    } finally {
      deadline = null;
    }
    if (canceled) {
      return JobStatus.End.canceled();
    }
    Duration rest = left(over);
    if (!rest.isPositive()) {
      return Verdict.timedOut(claim, "");
    }
    Duration timeout = Verdict.timeout(claim);
    StepEnd end;
    try {
      end =
          runner.run(
              new Step(
                  claim.job().spec().script(),
                  JobVariables.of(claim),
                  claim.job().spec().workingDirectory(),
                  files,
                  rest.compareTo(timeout) < 0 ? rest : timeout),
              log);
    } catch (IllegalArgumentException e) {
      // As it would be on every other runner: to begin it again there helps nobody.
      String why = "the step cannot be run: " + e.getMessage();
      log.note(why);
      return Verdict.failed(claim, "CannotRun", why);
    }
    if (closing.getAsBoolean()) {
      return JobStatus.End.lost("the server was stopped");
    }
    log.drain();
    JobStatus.End judged = Verdict.of(claim, end, log.tail(), canceled);
    if (judged.result() == Job.Result.SUCCEEDED) {
      return kept(judged, log);
    }
    if (!judged.message().isEmpty()) {
      log.note(judged.message());
    }
    return judged;
  }

  /** A workspace for which there is no room fails nothing now; only nobody can go on from it. */
  private JobStatus.End kept(JobStatus.End end, MaskedLog log)
      throws IOException, InterruptedException {
    workplace.leaves(claim);
    try {
      workplace.keep(PoolLimits.of(claim.pool().resources()).diskBytes());
    } catch (ExecutorFailedException | IOException e) {
      if (closing.getAsBoolean() || !runner.isAlive()) {
        return JobStatus.End.lost("the runner died before the workspace was kept");
      }
      if (canceled) {
        return JobStatus.End.canceled();
      }
      log.note(
          "the workspace after this step is not kept: "
              + e.getMessage()
              + "; nothing can be resumed after it, and if the runner dies the next step fails");
    }
    return end;
  }
}
