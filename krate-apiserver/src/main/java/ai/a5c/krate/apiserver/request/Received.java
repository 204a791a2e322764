package ai.a5c.krate.apiserver.request;

import java.time.Instant;

/**
 * A request that has been routed: the first stage of the road.
 *
 * @param requestId names the request in the log, in the audit trail and in the answer
 * @param time when it came
 */
public record Received(String requestId, Instant time, Caller caller, Errand errand) {}
