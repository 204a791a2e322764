package ai.a5c.krate.apiserver.registry;

import java.util.List;

/**
 * A number that a new object gets in the commit that creates it, so that numbers have no gaps.
 *
 * @param counter of the store; the number is its value after one is added
 * @param generateName the prefix with which a client asks for a name made of prefix and number; any
 *     other prefix gets Kubernetes' random characters
 * @param places where the number stands in the object
 */
public record Numbering(String counter, String generateName, List<Place> places) {
  public Numbering {
    places = List.copyOf(places);
  }

  /**
   * A member that holds the number.
   *
   * @param prefix text before it
   * @param suffix text after it
   * @param number whether the member is a JSON number, without text around it
   */
  public record Place(List<String> path, String prefix, String suffix, boolean number) {
    public Place {
      path = List.copyOf(path);
    }
  }
}
