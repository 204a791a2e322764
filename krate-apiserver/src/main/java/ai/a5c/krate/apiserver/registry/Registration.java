package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.apiserver.kind.Kind;
import java.util.List;
import java.util.Optional;

/**
 * A kind that is served, with what the rooms bring for it.
 *
 * @param strategy of the room that owns the kind
 * @param preparations in order, each given the object of the one before
 * @param readouts its subresources that are read as bytes
 */
public record Registration(
    Kind kind, Strategy strategy, List<Preparation> preparations, List<Readout> readouts) {
  public Registration {
    preparations = List.copyOf(preparations);
    readouts = List.copyOf(readouts);
  }

  /** A kind of which nothing is read as bytes. */
  public Registration(Kind kind, Strategy strategy, List<Preparation> preparations) {
    this(kind, strategy, preparations, List.of());
  }

  /** The readout of that name, if there is one. */
  public Optional<Readout> readout(String subresource) {
    return readouts.stream().filter(r -> r.subresource().name().equals(subresource)).findFirst();
  }
}
