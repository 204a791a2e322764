package ai.a5c.krate.cel.evaluation;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list from outside, each of whose items is adapted when it is read. */
final class AdaptedList extends AbstractList<@Nullable Object> implements RandomAccess {
  private final List<?> raw;

  AdaptedList(List<?> raw) {
    this.raw = raw;
  }

  @Override
  public @Nullable Object get(int index) {
    return Values.adapt(raw.get(index));
  }

  @Override
  public int size() {
    return raw.size();
  }
}
