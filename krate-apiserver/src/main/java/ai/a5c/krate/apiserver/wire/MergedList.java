package ai.a5c.krate.apiserver.wire;

import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A list that is being merged: its items stand in order and are found by what tells them apart.
 * Used by one thread.
 */
final class MergedList {
  private final UnaryOperator<JsonValue> keyOf;
  private final Map<JsonValue, JsonValue> items = new LinkedHashMap<>();
  private final Map<JsonValue, Integer> before = new HashMap<>();
  private final Set<JsonValue> changed = new LinkedHashSet<>();

  /**
   * The list before the merge; of two items with one key the first stays.
   *
   * @param keyOf what tells an item apart
   */
  MergedList(JsonArray target, UnaryOperator<JsonValue> keyOf) {
    this.keyOf = keyOf;
    for (JsonValue item : target) {
      JsonValue key = keyOf.apply(item);
      if (items.putIfAbsent(key, item) == null) {
        before.put(key, before.size());
      }
    }
  }

  MergedList add(JsonArray values) {
    values.forEach(this::put);
    return this;
  }

  MergedList deleteAll(JsonArray values) {
    values.forEach(this::delete);
    return this;
  }

  @Nullable JsonValue find(JsonValue item) {
    return items.get(keyOf.apply(item));
  }

  /** Takes the place of the item with the same key, or the end. */
  void put(JsonValue item) {
    JsonValue key = keyOf.apply(item);
    items.put(key, item);
    changed.add(key);
  }

  void delete(JsonValue item) {
    JsonValue key = keyOf.apply(item);
    items.remove(key);
    changed.remove(key);
  }

  /**
   * The merged list. If an order is given, the items that it names stand in it; the others, which
   * only the server knows, keep their order, each behind those that stood before it.
   *
   * @throws ai.a5c.krate.api.problem.ApiException BadRequest if the order leaves out an item that
   *     the patch sets
   */
  JsonArray inOrder(JsonArray order, boolean given) {
    if (!given) {
      return Documents.array(items.values());
    }
    Set<JsonValue> named = new LinkedHashSet<>();
    order.forEach(item -> named.add(keyOf.apply(item)));
    if (!named.containsAll(changed)) {
      throw StrategicMerge.refusal("", "$setElementOrder leaves out an item that the patch sets");
    }
    named.retainAll(items.keySet());
    List<JsonValue> others = new ArrayList<>(items.keySet());
    others.removeAll(new HashSet<>(named));
    List<JsonValue> sorted = new ArrayList<>(items.size());
    int next = 0;
    for (JsonValue key : named) {
      while (next < others.size() && !stoodBefore(key, others.get(next))) {
        sorted.add(items.get(others.get(next++)));
      }
      sorted.add(items.get(key));
    }
    while (next < others.size()) {
      sorted.add(items.get(others.get(next++)));
    }
    return Documents.array(sorted);
  }

  private boolean stoodBefore(JsonValue a, JsonValue b) {
    Integer first = before.get(a);
    Integer second = before.get(b);
    return first != null && second != null && first < second;
  }
}
