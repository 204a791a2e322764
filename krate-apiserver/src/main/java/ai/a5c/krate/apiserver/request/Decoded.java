package ai.a5c.krate.apiserver.request;

import java.util.List;

/** A request whose objects were decoded, after it was authorized. */
record Decoded(Authorized request, List<Proposal> proposals) {
  Decoded {
    proposals = List.copyOf(proposals);
  }
}
