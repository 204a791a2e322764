package ai.a5c.krate.apiserver.request;

import java.util.List;

/** A request that nothing objects to: all that is left is the commit. */
record Admitted(Authorized request, List<Proposal> proposals, Prepared prepared) {
  Admitted {
    proposals = List.copyOf(proposals);
  }
}
