package ai.a5c.krate.apiserver.request;

import java.util.List;

/** A request that mutating admission has let pass. */
record Mutated(Authorized request, List<Proposal> proposals) {
  Mutated {
    proposals = List.copyOf(proposals);
  }
}
