package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.apiserver.wire.PathSegments;
import ai.a5c.krate.apiserver.wire.Query;
import java.time.Instant;

/** A request with its target taken apart. */
record Request(
    String requestId, Instant time, Caller caller, ApiRequest api, PathSegments path, Query query) {

  static Request of(String requestId, Instant time, Caller caller, ApiRequest api) {
    int mark = api.target().indexOf('?');
    String path = mark < 0 ? api.target() : api.target().substring(0, mark);
    String query = mark < 0 ? "" : api.target().substring(mark + 1);
    return new Request(requestId, time, caller, api, PathSegments.parse(path), Query.parse(query));
  }

  Received received(Errand errand) {
    return new Received(requestId, time, caller, errand);
  }
}
