package ai.a5c.krate.server;

import java.time.Duration;

/**
 * Bounds of the listener; each has a clear answer at the bound.
 *
 * @param connections open at once; more wait in the backlog
 * @param bodyBytes of an API request, unfolded; more is answered 413
 * @param bodiesBytes of all API request bodies that are being read or worked on; more is answered
 *     429
 * @param firstRequest how long a new connection may take until its first request is complete
 * @param silence how long a client may send nothing, between requests or within a body
 * @param bodyTime how long an API request's body may take
 * @param stall how long a client may refuse to take what is written to it
 * @param heartbeat after how much silence a watch is kept alive by a space
 * @param stop how long requests under way may take when the server stops
 */
public record Limits(
    int connections,
    int bodyBytes,
    int bodiesBytes,
    Duration firstRequest,
    Duration silence,
    Duration bodyTime,
    Duration stall,
    Duration heartbeat,
    Duration stop) {
  public static final Limits STANDARD =
      new Limits(
          8192,
          3 << 20,
          96 << 20,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10));

  public Limits {
    if (bodyBytes > bodiesBytes || bodyBytes < 1 || connections < 1) {
      throw new IllegalArgumentException("bounds are positive, and all bodies together hold one");
    }
  }
}
