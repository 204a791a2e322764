package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON that is changed in place, so that many operations on a large object do not copy it each
 * time. Owned by one thread.
 */
sealed interface PatchNode {
  /** As deep as what a request brings may be. */
  int MAX_DEPTH = 1_000;

  /** An object, by member. */
  record Members(Map<String, PatchNode> byName) implements PatchNode {}

  /** An array. */
  record Items(List<PatchNode> inOrder) implements PatchNode {}

  /** A string, number, boolean or null. */
  record Leaf(JsonValue value) implements PatchNode {}

  static PatchNode of(JsonValue value) {
    return switch (value) {
      case JsonObject object -> {
        Map<String, PatchNode> members = new LinkedHashMap<>();
        object.forEach((name, member) -> members.put(name, of(member)));
        yield new Members(members);
      }
      case JsonArray array -> {
        List<PatchNode> items = new ArrayList<>(array.size());
        array.forEach(item -> items.add(of(item)));
        yield new Items(items);
      }
      default -> new Leaf(value);
    };
  }

  /**
   * The value, no longer changing.
   *
   * @param depth how many levels it may have
   * @throws ApiException TooLarge if it has more: it could not be read again
   */
  default JsonValue toJson(int depth) {
    checkDepth(depth);
    return switch (this) {
      case Members(var members) -> {
        Map<String, JsonValue> json = new LinkedHashMap<>();
        members.forEach((name, member) -> json.put(name, member.toJson(depth - 1)));
        yield Documents.object(json);
      }
      case Items(var items) ->
          Documents.array(items.stream().map(i -> i.toJson(depth - 1)).toList());
      case Leaf(JsonValue value) -> value;
    };
  }

  default PatchNode copy() {
    return switch (this) {
      case Members(var members) -> {
        Map<String, PatchNode> copies = new LinkedHashMap<>();
        members.forEach((name, member) -> copies.put(name, member.copy()));
        yield new Members(copies);
      }
      case Items(var items) -> {
        List<PatchNode> copies = new ArrayList<>(items.size());
        items.forEach(item -> copies.add(item.copy()));
        yield new Items(copies);
      }
      case Leaf leaf -> leaf;
    };
  }

  private static void checkDepth(int depth) {
    if (depth < 0) {
      throw new ApiException(
          new Problem.TooLarge("what results is nested deeper than " + MAX_DEPTH + " levels"));
    }
  }

  /**
   * About the length of the JSON, or the limit if it is longer: it is not walked any further.
   *
   * @param depth how many levels it may have
   * @throws ApiException TooLarge if it has more
   */
  default long sizeUpTo(long limit, int depth) {
    checkDepth(depth);
    long size = 2;
    switch (this) {
      case Members(var members) -> {
        for (Map.Entry<String, PatchNode> member : members.entrySet()) {
          size += member.getKey().length() + 4L;
          size += size < limit ? member.getValue().sizeUpTo(limit - size, depth - 1) : 0;
          if (size >= limit) {
            return limit;
          }
        }
      }
      case Items(var items) -> {
        for (PatchNode item : items) {
          size += 1 + item.sizeUpTo(limit - size, depth - 1);
          if (size >= limit) {
            return limit;
          }
        }
      }
      case Leaf(JsonString text) -> size += text.getChars().length();
      case Leaf(JsonValue value) -> size += value.toString().length();
    }
    return Math.min(size, limit);
  }

  /** Equality as {@link Documents#same}; it costs no more than the value is large. */
  default boolean isSame(JsonValue other) {
    return switch (this) {
      case Members(var members) ->
          other instanceof JsonObject object
              && members.size() == object.size()
              && object.entrySet().stream()
                  .allMatch(
                      expected -> {
                        PatchNode member = members.get(expected.getKey());
                        return member != null && member.isSame(expected.getValue());
                      });
      case Items(var items) -> {
        boolean same = other instanceof JsonArray array && items.size() == array.size();
        for (int i = 0; same && i < items.size(); i++) {
          same = items.get(i).isSame(other.asJsonArray().get(i));
        }
        yield same;
      }
      case Leaf(JsonValue value) -> Documents.same(value, other);
    };
  }
}
