package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Review;
import java.util.List;
import java.util.Map;

/** What one concern of the forge brings to the hall. Rooms know nothing of one another. */
public interface Room {
  /** The kinds that the room owns. */
  default Map<Kind, Strategy> strategies() {
    return Map.of();
  }

  /** The work that it does for written objects, of its own kinds or of others. */
  default Map<Kind, Preparation> preparations() {
    return Map.of();
  }

  /** What it lets be read of objects as bytes. */
  default Map<Kind, Readout> readouts() {
    return Map.of();
  }

  /** The questions that it answers. */
  default List<Review> reviews() {
    return List.of();
  }

  /** How it joins the transactions of others. */
  default List<Contribution> contributions() {
    return List.of();
  }

  /** What its controllers may do, by the name of their subject. */
  default Map<String, List<Grants.Rule>> grants() {
    return Map.of();
  }

  /** Its controllers, once the hall stands. */
  default List<Reconciler> reconcilers(ApiServer server) {
    return List.of();
  }

  /** What else it does while the server runs; closed before the server. */
  default List<AutoCloseable> start(ApiServer server) {
    return List.of();
  }
}
