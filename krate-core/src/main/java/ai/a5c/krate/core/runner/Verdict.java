package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.spi.executor.StepEnd;
import java.time.Duration;

/** What the end of a step means for its attempt. */
final class Verdict {
  private Verdict() {}

  /**
   * The end of an attempt whose step ended like this.
   *
   * @param tail the end of what it printed
   * @param canceled whether somebody ended the job
   */
  static JobStatus.End of(Claiming.Claim claim, StepEnd end, String tail, boolean canceled) {
    String step = claim.job().spec().step();
    return switch (end) {
      case StepEnd.Exited(int code) when code == 0 ->
          new JobStatus.End(Job.Result.SUCCEEDED, 0, "Succeeded", "", "", 0);
      case StepEnd.Exited(int code) ->
          new JobStatus.End(
              Job.Result.FAILED,
              code,
              "ExitCode",
              "the step ended with exit code " + code,
              FailureSignature.of(step, code, tail),
              0);
      case StepEnd.TimedOut() -> timedOut(claim, tail);
      case StepEnd.Exceeded(var what) ->
          new JobStatus.End(
              Job.Result.FAILED,
              null,
              "LimitExceeded",
              "the step used " + what + " and was ended",
              FailureSignature.of(step + "\n" + what, null, tail),
              0);
      // Who looked while the workspace was made may have ended the step that had just begun.
      case StepEnd.Canceled() -> canceled ? JobStatus.End.canceled() : timedOut(claim, tail);
      case StepEnd.Lost(var why) -> JobStatus.End.lost("the runner died: " + why);
    };
  }

  static JobStatus.End timedOut(Claiming.Claim claim, String tail) {
    return new JobStatus.End(
        Job.Result.FAILED,
        null,
        "TimedOut",
        "the step took longer than " + GoDuration.print(timeout(claim)) + " and was ended",
        FailureSignature.of(claim.job().spec().step() + "\ntimeout", null, tail),
        0);
  }

  static JobStatus.End failed(Claiming.Claim claim, String reason, String why) {
    return new JobStatus.End(
        Job.Result.FAILED,
        null,
        reason,
        why,
        FailureSignature.of(claim.job().spec().step(), null, why),
        0);
  }

  /** How long a step may take. */
  static Duration timeout(Claiming.Claim claim) {
    Duration most = claim.pool().jobTimeout();
    Duration own = claim.job().spec().timeout();
    return own == null || own.compareTo(most) > 0 ? most : own;
  }
}
