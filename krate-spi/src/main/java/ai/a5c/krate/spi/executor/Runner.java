package ai.a5c.krate.spi.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An isolated place with a workspace. Used by one thread, but for {@link #isAlive}, {@link #cancel}
 * and {@link #close}, which any thread may call at any time.
 */
public interface Runner extends AutoCloseable {
  /** Whether it lives: once it died or was closed it takes no step and has no workspace. */
  boolean isAlive();

  /**
   * Replaces the workspace by what a tar archive (POSIX ustar or pax) holds: files, folders and
   * symbolic links. An entry that leads out of the workspace is refused and nothing outside is ever
   * written.
   *
   * @throws ExecutorFailedException if it does not fit, or is no such archive
   * @throws IOException if the archive cannot be read
   */
  void unpack(InputStream tar) throws IOException, InterruptedException;

  /**
   * Writes the workspace as a tar archive that {@link #unpack} understands.
   *
   * @throws ExecutorFailedException if it is larger than {@code mostBytes}, or the runner is gone
   * @throws IOException if the archive cannot be written
   */
  void pack(OutputStream tar, long mostBytes) throws IOException, InterruptedException;

  /**
   * Runs a step in the workspace and waits until it has ended and none of its processes is left,
   * those that left its process group or session included. What it writes to its standard output
   * and error goes to {@code log} as it comes, in the order of writing; its standard input is
   * empty. Between two steps nothing but the workspace is kept: not {@code /tmp}, not the files
   * given as secrets.
   *
   * @param log not closed; if it throws, the step is ended and the exception rises
   */
  StepEnd run(Step step, OutputStream log) throws IOException, InterruptedException;

  /**
   * Ends the step that runs now, if one does, with all its processes: they are asked to terminate,
   * and killed within 5 seconds; what unpacks or packs fails then. Does not wait. The runner can
   * take another step.
   */
  void cancel();

  /** Ends it with all its processes and forgets the workspace; waits for that. */
  @Override
  void close();
}
