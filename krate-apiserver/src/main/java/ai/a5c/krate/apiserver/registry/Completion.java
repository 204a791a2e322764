package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.spi.storage.Slot;
import java.util.List;

/**
 * A member of a document whose value only the commit knows.
 *
 * @param path member names from the top of the document
 * @param prefix text before the slot's value
 * @param slot the value
 * @param suffix text after it
 * @param number whether the member is a JSON number rather than a string; then there is no text
 *     around it
 */
public record Completion(
    List<String> path, String prefix, Slot slot, String suffix, boolean number) {
  public Completion {
    path = List.copyOf(path);
  }

  public static Completion text(String prefix, Slot slot, String... path) {
    return new Completion(List.of(path), prefix, slot, "", false);
  }

  public static Completion number(Slot slot, String... path) {
    return new Completion(List.of(path), "", slot, "", true);
  }
}
