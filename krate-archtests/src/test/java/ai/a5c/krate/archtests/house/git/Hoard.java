package ai.a5c.krate.archtests.house.git;

import java.util.ArrayList;
import java.util.List;

/** Remembers for everybody. */
public final class Hoard {
  public static int count;

  private static final List<String> SEEN = new ArrayList<>();

  public List<String> see(String name) {
    count++;
    SEEN.add(name);
    return List.copyOf(SEEN);
  }
}
