package ai.a5c.krate.cel.evaluation;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A list that an expression made. Unmodifiable to everybody but the loop that builds it, which
 * nobody else sees until it is complete.
 */
public final class Items extends AbstractList<@Nullable Object> implements RandomAccess {
  private final ArrayList<@Nullable Object> items;

  public Items() {
    this.items = new ArrayList<>();
  }

  public Items(int expected) {
    this.items = new ArrayList<>(expected);
  }

  /** A list of these, which are values of the language already. */
  public static Items of(Collection<? extends @Nullable Object> values) {
    Items made = new Items(values.size());
    made.items.addAll(values);
    return made;
  }

  @Override
  public @Nullable Object get(int index) {
    return items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }

  /** Puts an item at the end, while the list is being made. */
  public void append(@Nullable Object item) {
    items.add(item);
  }
}
