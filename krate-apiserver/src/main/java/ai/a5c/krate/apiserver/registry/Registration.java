package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.apiserver.kind.Kind;
import java.util.List;

/**
 * A kind that is served, with what the rooms bring for it.
 *
 * @param strategy of the room that owns the kind
 * @param preparations in order, each given the object of the one before
 */
public record Registration(Kind kind, Strategy strategy, List<Preparation> preparations) {
  public Registration {
    preparations = List.copyOf(preparations);
  }
}
