package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;

/**
 * What answers API requests behind the listener.
 *
 * <p>Called on a virtual thread, from many at once; blocks until the response begins. It answers
 * refusals itself; what it throws is a fault, logged once by the server and answered with an
 * internal error.
 */
@FunctionalInterface
public interface Api {
  /**
   * Answers a request.
   *
   * @param subject whom the transport vouches for: the holder of a client certificate that was
   *     verified, otherwise {@link Subject#ANONYMOUS}, who may still show credentials in a header
   * @param remoteAddress the client's address, without a port
   * @param request HEAD comes as GET; the body is unfolded if it came compressed
   */
  ApiResponse call(Subject subject, String remoteAddress, ApiRequest request);
}
