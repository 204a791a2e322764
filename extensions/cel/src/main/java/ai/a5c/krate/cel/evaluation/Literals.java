package ai.a5c.krate.cel.evaluation;

import java.util.List;

/** Lists and maps that are written out. */
final class Literals {
  /** An item or an entry's value, which is left out if it is optional and there is none. */
  record Element(Node value, boolean optional) {
    Maybe evaluate(Frame frame) {
      Object made = value.evaluate(frame);
      if (!optional) {
        return Maybe.of(made);
      }
      if (made instanceof Maybe maybe) {
        return maybe;
      }
      throw new NoValue(
          "cannot initialize an optional element from a " + Values.typeOf(made).name());
    }
  }

  private Literals() {}

  static Node list(List<Element> elements) {
    List<Element> all = List.copyOf(elements);
    return frame -> {
      frame.meter().list(all.size());
      Items items = new Items(all.size());
      for (Element element : all) {
        Maybe item = element.evaluate(frame);
        if (item.present()) {
          items.append(item.value());
        }
      }
      return items;
    };
  }

  static Node map(List<Node> keys, List<Element> values) {
    List<Node> allKeys = List.copyOf(keys);
    List<Element> allValues = List.copyOf(values);
    return frame -> {
      frame.meter().map(allKeys.size());
      Entries entries = new Entries();
      for (int i = 0; i < allKeys.size(); i++) {
        Object key = allKeys.get(i).evaluate(frame);
        Maybe value = allValues.get(i).evaluate(frame);
        if (value.present()) {
          entries.insert(key, value.value());
        }
      }
      return entries;
    };
  }
}
