package ai.a5c.krate.apiserver.kind;

import org.jspecify.annotations.Nullable;

/** Where in a document a value is; put into words only where something is wrong with it. */
record Place(@Nullable Place in, String before, Object name, String after) {
  /** The place with that path; the whole document if it is empty. */
  static Place of(String path) {
    return new Place(null, "", path, "");
  }

  Place member(String member) {
    return new Place(this, in == null && name.equals("") ? "" : ".", member, "");
  }

  /** An item of a list by its index, or a value of a map by its key. */
  Place item(Object item) {
    return new Place(this, "[", item, "]");
  }

  @Override
  public String toString() {
    return (in == null ? "" : in.toString()) + before + name + after;
  }
}
