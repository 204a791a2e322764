package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.Subresource;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Piece;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.wire.Query;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.blob.BlobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** {@code jobs/log}: what an attempt has printed, as it prints it if wanted. */
public final class LogReadout implements Readout {
  /** How much is looked through at once for the beginning of the last lines. */
  private static final int LOOK = 64 << 10;

  private final JobLogs logs;
  private final Objects objects;

  /** The logs of the jobs that are stored there. */
  public LogReadout(JobLogs logs, Objects objects) {
    this.logs = logs;
    this.objects = objects;
  }

  @Override
  public Subresource subresource() {
    return ForgeKinds.JOB_LOG;
  }

  @Override
  public Reading open(ApiObject object, Query query) {
    Wanted wanted = Wanted.of(object, query);
    Job.Status status = status(object);
    int last = last(status);
    if (wanted.attempt() > last) {
      throw new ApiException(
          new Problem.BadRequest(
              "job \""
                  + object.name()
                  + "\" has no attempt "
                  + wanted.attempt()
                  + (last == 0 ? " yet" : ", its last one is " + last)));
    }
    return new Log(object, wanted, wanted.attempt() == 0 ? last : wanted.attempt());
  }

  /**
   * What a query asks for.
   *
   * @param attempt 0 for the last one
   * @param tail how many lines to begin with at the end; -1 for no such bound
   */
  private record Wanted(boolean follow, int attempt, long since, long tail) {
    static Wanted of(ApiObject job, Query query) {
      OptionalLong attempt = query.number("attempt");
      OptionalLong since = query.number("sinceBytes");
      OptionalLong tail = query.number("tailLines");
      List<FieldError> errors = new ArrayList<>();
      if (attempt.isPresent()
          && (attempt.getAsLong() < 1 || attempt.getAsLong() > Integer.MAX_VALUE)) {
        errors.add(
            FieldError.invalid("attempt", attempt.getAsLong(), "attempts are counted from 1"));
      }
      notNegative("sinceBytes", since, errors);
      notNegative("tailLines", tail, errors);
      if (since.isPresent() && tail.isPresent()) {
        errors.add(FieldError.forbidden("tailLines", "may not be specified with sinceBytes"));
      }
      if (!errors.isEmpty()) {
        throw new ApiException(
            new Problem.Invalid(ForgeKinds.JOB.group(), "JobLogOptions", job.name(), errors));
      }
      return new Wanted(
          query.flag("follow"), (int) attempt.orElse(0), since.orElse(0), tail.orElse(-1));
    }

    private static void notNegative(String name, OptionalLong value, List<FieldError> errors) {
      if (value.isPresent() && value.getAsLong() < 0) {
        errors.add(FieldError.invalid(name, value.getAsLong(), "must not be negative"));
      }
    }
  }

  private static Job.Status status(ApiObject job) {
    return RecordCodec.read(Job.class, job.json()).status();
  }

  private static int last(Job.Status status) {
    return status.attempts().stream().mapToInt(Job.Attempt::number).max().orElse(0);
  }

  private static boolean isFinished(Job.Status status) {
    Job.Phase phase = status.phase();
    return phase != null && phase.isFinished();
  }

  /** One reading of one log. */
  private final class Log implements Reading {
    private final Uid uid;
    private final String namespace;
    private final String name;
    private final Wanted wanted;

    /** 0 until there is one. */
    private int attempt;

    private long offset = -1;

    /** Whether something was read, so that the log was as long as the offset once. */
    private boolean given;

    /** Whether the attempt was seen to be over before the bytes were read that are read next. */
    private boolean over;

    Log(ApiObject job, Wanted wanted, int attempt) {
      this.uid = job.uid();
      this.namespace = job.namespace();
      this.name = job.name();
      this.wanted = wanted;
      this.attempt = attempt;
    }

    @Override
    public Piece next(Duration patience) throws InterruptedException {
      if (attempt == 0) {
        Piece before = beforeTheFirst(patience);
        if (attempt == 0) {
          return before;
        }
      }
      if (offset < 0) {
        offset = wanted.tail() < 0 ? wanted.since() : tail(wanted.tail());
      }
      Bytes bytes = logs.read(uid, attempt, offset, BlobStore.MOST_BYTES);
      if (bytes.isEmpty() && !over) {
        over = !wanted.follow() || isOver();
        bytes = logs.read(uid, attempt, offset, BlobStore.MOST_BYTES);
      }
      if (!bytes.isEmpty()) {
        offset += bytes.size();
        given = true;
        return new Piece.Some(bytes);
      }
      if (over) {
        if (given && logs.length(uid, attempt) < offset) {
          throw new IllegalStateException("the log was deleted while it was read");
        }
        return new Piece.End();
      }
      boolean unused = logs.awaitGrowth(uid, attempt, offset, patience);
      return new Piece.Quiet();
    }

    private Piece beforeTheFirst(Duration patience) throws InterruptedException {
      Job.Status now = now();
      // Who waits for the first reads the first, however many were begun since the last look.
      attempt = Math.min(last(now), 1);
      if (attempt == 0 && (!wanted.follow() || isFinished(now))) {
        return new Piece.End();
      }
      if (attempt == 0) {
        boolean unused = logs.awaitGrowth(uid, 1, 0, patience);
      }
      return new Piece.Quiet();
    }

    private boolean isOver() {
      Job.Status now = now();
      return isFinished(now)
          || last(now) > attempt
          || now.attempts().stream().anyMatch(a -> a.number() == attempt && a.result() != null);
    }

    private Job.Status now() {
      return objects
          .get(ForgeKinds.JOB, namespace, name)
          .filter(job -> job.uid().equals(uid))
          .map(LogReadout::status)
          .orElseThrow(() -> new IllegalStateException("the job is gone"));
    }

    /** Where the last lines begin, of those that are there now. */
    private long tail(long lines) {
      long end = logs.length(uid, attempt);
      if (lines == 0) {
        return end;
      }
      long found = 0;
      // The break that ends the last line begins no other one.
      long from = end - 1;
      while (from > 0) {
        int size = (int) Math.min(LOOK, from);
        byte[] part = exactly(from - size, size);
        for (int i = size - 1; i >= 0; i--) {
          if (part[i] == '\n' && ++found == lines) {
            return from - size + i + 1;
          }
        }
        from -= size;
      }
      return 0;
    }

    private byte[] exactly(long from, int size) {
      byte[] all = new byte[size];
      for (int filled = 0; filled < size; ) {
        byte[] part = logs.read(uid, attempt, from + filled, size - filled).toArray();
        if (part.length == 0) {
          throw new IllegalStateException("the log is gone");
        }
        System.arraycopy(part, 0, all, filled, part.length);
        filled += part.length;
      }
      return all;
    }
  }
}
