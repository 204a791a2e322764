package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.controller.ObjectName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Which jobs nobody is to look at: those that something is under way for, and those that are left
 * alone for a while. May be used from many threads at once.
 */
final class Attention {
  private static final Logger LOG = System.getLogger(Attention.class.getName());
  private static final long AGAIN = Duration.ofSeconds(1).toNanos();
  private static final int WRITES = 32;

  private final ReentrantLock lock;
  private final LongSupplier nanos;
  private final Runnable wake;
  private final Semaphore writes = new Semaphore(WRITES);
  private final Set<ObjectName> busy = new HashSet<>();
  private final Map<ObjectName, Long> later = new HashMap<>();
  private volatile boolean closed;

  /** Something that is written. */
  interface Task {
    void run() throws InterruptedException;
  }

  /**
   * @param lock the scheduler's
   * @param wake lets the scheduler look again
   */
  Attention(ReentrantLock lock, LongSupplier nanos, Runnable wake) {
    this.lock = lock;
    this.nanos = nanos;
    this.wake = wake;
  }

  /** Whether somebody may do something for the job. */
  boolean isFree(JobEntry job) {
    lock.lock();
    try {
      if (busy.contains(job.name())) {
        return false;
      }
      Long until = later.get(job.name());
      if (until != null && nanos.getAsLong() - until < 0) {
        return false;
      }
      later.remove(job.name());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Somebody does something for the job, and says when it is done. */
  void take(JobEntry job) {
    lock.lock();
    try {
      busy.add(job.name());
    } finally {
      lock.unlock();
    }
  }

  /** It is done. */
  void release(ObjectName job) {
    lock.lock();
    try {
      busy.remove(job);
    } finally {
      lock.unlock();
    }
  }

  /** It cannot be done now, and is tried again after a while. */
  void postpone(ObjectName job) {
    lock.lock();
    try {
      busy.remove(job);
      later.put(job, nanos.getAsLong() + AGAIN);
    } finally {
      lock.unlock();
    }
  }

  /** The job has ended or is gone. */
  void forget(ObjectName job) {
    lock.lock();
    try {
      later.remove(job);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes something for a job in the background, if nobody is at it and not too much is written
   * already; it is looked at again afterwards.
   */
  void write(JobEntry job, Task task) {
    lock.lock();
    try {
      if (!isFree(job) || !writes.tryAcquire()) {
        return;
      }
      busy.add(job.name());
    } finally {
      lock.unlock();
    }
    var unused =
        Thread.ofVirtual().name("job-" + job.name().name()).start(() -> run(job.name(), task));
  }

  private void run(ObjectName job, Task task) {
    boolean done = false;
    try {
      task.run();
      done = true;
    } catch (InterruptedException | RuntimeException e) {
      LOG.log(closed ? Level.DEBUG : Level.WARNING, "the job " + job + " is looked at again", e);
    } finally {
      writes.release();
      if (done) {
        release(job);
      } else {
        postpone(job);
      }
      wake.run();
    }
  }

  /** From now on it is no news that something cannot be written. */
  void close() {
    closed = true;
  }
}
