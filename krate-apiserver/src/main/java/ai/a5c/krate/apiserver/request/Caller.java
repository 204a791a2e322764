package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;

/**
 * Who knocks: what the transport itself has verified, and what else the request brings to prove who
 * it is.
 *
 * @param verified the subject of a verified client certificate, or of the embedding program;
 *     otherwise {@link Subject#ANONYMOUS}
 * @param address where the request comes from; empty inside the process
 * @param headers of the request, for credentials
 */
public record Caller(Subject verified, String address, Headers headers) {
  /** A caller inside this process. */
  public static Caller inProcess(Subject subject) {
    return new Caller(subject, "", Headers.NONE);
  }
}
