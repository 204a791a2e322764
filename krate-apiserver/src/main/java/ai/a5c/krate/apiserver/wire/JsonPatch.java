package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.wire.PatchNode.Items;
import ai.a5c.krate.apiserver.wire.PatchNode.Leaf;
import ai.a5c.krate.apiserver.wire.PatchNode.Members;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** One run of a JSON patch (RFC 6902) over one object. Used once. */
final class JsonPatch {
  private static final int MAX_OPERATIONS = 10_000;
  private static final long MAX_COPIED = 3L * 1024 * 1024;
  private static final int MAX_SHOWN = 256;

  private final Kind kind;
  private final String name;
  private PatchNode root;
  private long copied;
  private int index;

  JsonPatch(Kind kind, JsonObject object) {
    this.kind = kind;
    this.name = Documents.textOf(Documents.metadataOf(object), "name");
    this.root = PatchNode.of(object);
  }

  JsonObject apply(JsonArray operations) {
    if (operations.size() > MAX_OPERATIONS) {
      throw new ApiException(
          new Problem.TooLarge(
              "the JSON patch has "
                  + operations.size()
                  + " operations, and at most "
                  + MAX_OPERATIONS
                  + " are allowed"));
    }
    for (JsonValue operation : operations) {
      if (!(operation instanceof JsonObject members)) {
        throw refusal("", operation.toString(), "an operation is an object");
      }
      apply(members);
      index++;
    }
    index = Math.max(0, index - 1);
    if (root.toJson(PatchNode.MAX_DEPTH) instanceof JsonObject object) {
      return object;
    }
    throw refusal("", "", "what results is no object");
  }

  private void apply(JsonObject operation) {
    String op = text(operation, "op");
    switch (op) {
      case "add" -> add(pointer(operation, "path"), PatchNode.of(value(operation)));
      case "remove" -> remove(pointer(operation, "path"), "path");
      case "replace" -> replace(pointer(operation, "path"), PatchNode.of(value(operation)));
      case "move" -> move(pointer(operation, "from"), pointer(operation, "path"));
      case "copy" -> {
        List<String> path = pointer(operation, "path");
        add(path, copy(at(pointer(operation, "from"), "from")));
      }
      case "test" -> test(pointer(operation, "path"), value(operation));
      default ->
          throw refusal(".op", op, "must be one of add, remove, replace, move, copy and test");
    }
  }

  private void add(List<String> path, PatchNode value) {
    if (path.isEmpty()) {
      root = value;
      return;
    }
    String last = path.get(path.size() - 1);
    switch (parent(path, "path")) {
      case Members(var members) -> members.put(last, value);
      case Items(var items) when last.equals("-") -> items.add(value);
      case Items(var items) -> items.add(position(last, items.size(), path, "path"), value);
      case Leaf leaf -> throw missing("path", path);
    }
  }

  private PatchNode remove(List<String> path, String member) {
    if (path.isEmpty()) {
      throw refusal("." + member, "", "the object itself cannot be removed");
    }
    String last = path.get(path.size() - 1);
    PatchNode removed =
        switch (parent(path, member)) {
          case Members(var members) -> members.remove(last);
          case Items(var items) -> items.remove(position(last, items.size() - 1, path, member));
          case Leaf leaf -> null;
        };
    if (removed == null) {
      throw missing(member, path);
    }
    return removed;
  }

  private void replace(List<String> path, PatchNode value) {
    if (path.isEmpty()) {
      root = value;
      return;
    }
    String last = path.get(path.size() - 1);
    switch (parent(path, "path")) {
      case Members(var members) -> members.put(last, value);
      case Items(var items) -> items.set(position(last, items.size() - 1, path, "path"), value);
      case Leaf leaf -> throw missing("path", path);
    }
  }

  private void move(List<String> from, List<String> path) {
    if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
      throw refusal(".from", joined(from), "a value cannot be moved into itself");
    }
    if (path.equals(from)) {
      at(from, "from");
      return;
    }
    add(path, remove(from, "from"));
  }

  private void test(List<String> path, JsonValue expected) {
    boolean absent =
        !path.isEmpty()
            && parent(path, "path") instanceof Members(var members)
            && !members.containsKey(path.get(path.size() - 1));
    if (!(absent ? Documents.isNull(expected) : at(path, "path").isSame(expected))) {
      throw refusal(".value", joined(path), "the test failed: the value there is another");
    }
  }

  /** What holds the place that the path ends at. */
  private PatchNode parent(List<String> path, String member) {
    return at(path.subList(0, path.size() - 1), member);
  }

  private PatchNode at(List<String> path, String member) {
    PatchNode at = root;
    for (String token : path) {
      PatchNode next =
          switch (at) {
            case Members(var members) -> members.get(token);
            case Items(var items) -> items.get(position(token, items.size() - 1, path, member));
            case Leaf leaf -> null;
          };
      if (next == null) {
        throw missing(member, path);
      }
      at = next;
    }
    return at;
  }

  private int position(String token, int last, List<String> path, String member) {
    boolean number =
        !token.isEmpty()
            && token.length() <= 9
            && token.chars().allMatch(c -> c >= '0' && c <= '9')
            && (token.length() == 1 || token.charAt(0) != '0');
    if (!number || Integer.parseInt(token) > last) {
      throw refusal(
          "." + member, joined(path), "\"" + clipped(token) + "\" is no position in the list");
    }
    return Integer.parseInt(token);
  }

  /** A copy, charged to what all copies together may hold: they could double at every step. */
  private PatchNode copy(PatchNode value) {
    copied = Math.addExact(copied, value.sizeUpTo(MAX_COPIED + 1 - copied, PatchNode.MAX_DEPTH));
    if (copied > MAX_COPIED) {
      throw new ApiException(
          new Problem.TooLarge("the JSON patch copies more than " + MAX_COPIED + " bytes"));
    }
    return value.copy();
  }

  private String text(JsonObject operation, String member) {
    if (operation.get(member) instanceof JsonString text) {
      return text.getString();
    }
    throw refusal("." + member, "", "a string is required");
  }

  private JsonValue value(JsonObject operation) {
    JsonValue value = operation.get("value");
    if (value == null) {
      throw refusal(".value", "", "a value is required");
    }
    return value;
  }

  /** The reference tokens of a JSON pointer (RFC 6901). */
  private List<String> pointer(JsonObject operation, String member) {
    String pointer = text(operation, member);
    if (pointer.isEmpty()) {
      return List.of();
    }
    if (!pointer.startsWith("/")) {
      throw refusal("." + member, pointer, "a JSON pointer begins with '/'");
    }
    List<String> tokens = new ArrayList<>();
    for (String token : pointer.substring(1).split("/", -1)) {
      tokens.add(token.replace("~1", "/").replace("~0", "~"));
    }
    return tokens;
  }

  private ApiException missing(String member, List<String> path) {
    return refusal("." + member, joined(path), "there is no such place in the object");
  }

  private ApiException refusal(String member, String value, String why) {
    FieldError error =
        FieldError.invalid(
            "patch[" + index + "]" + member,
            clipped(value),
            "the server rejected our request due to an error in our request: " + why);
    return new ApiException(new Problem.Invalid(kind.group(), kind.name(), name, List.of(error)));
  }

  private static String clipped(String value) {
    return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "...";
  }

  private static String joined(List<String> path) {
    StringBuilder pointer = new StringBuilder();
    path.forEach(t -> pointer.append('/').append(t.replace("~", "~0").replace("/", "~1")));
    return pointer.toString();
  }
}
