package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.spi.token.Audience;

/**
 * Who knocks: what the transport itself has verified, and what else the request brings to prove who
 * it is.
 *
 * @param verified the subject of a verified client certificate, or of the embedding program;
 *     otherwise {@link Subject#ANONYMOUS}
 * @param address where the request comes from; empty inside the process
 * @param headers of the request, for credentials
 * @param where he knocks, which decides what credentials are good for
 */
public record Caller(Subject verified, String address, Headers headers, Audience where) {
  /** A caller at the API. */
  public Caller(Subject verified, String address, Headers headers) {
    this(verified, address, headers, Audience.API);
  }

  /** A caller inside this process. */
  public static Caller inProcess(Subject subject) {
    return new Caller(subject, "", Headers.NONE);
  }

  /** The same caller at another door. */
  public Caller at(Audience door) {
    return new Caller(verified, address, headers, door);
  }
}
