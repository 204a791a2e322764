package ai.a5c.krate.apiserver.request;

import java.util.List;

/** A request whose claims were decided. */
record Claimed(Authorized request, List<Proposal> proposals) {
  Claimed {
    proposals = List.copyOf(proposals);
  }
}
