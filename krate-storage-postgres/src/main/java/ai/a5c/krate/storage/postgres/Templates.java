package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;

/** Questions about templates. */
final class Templates {
  private Templates() {}

  static boolean hasSlots(Template template) {
    for (Template.Part part : template.parts()) {
      if (part instanceof Template.Part.Open) {
        return true;
      }
    }
    return false;
  }

  /** The text of a template without slots. */
  static String text(Template template) {
    return template
        .fill(
            slot -> {
              throw new IllegalStateException("a template without slots has " + slot);
            })
        .utf8();
  }

  /** About how many bytes an operation brings, to bound queue and batch. */
  static long size(Operation<?> operation) {
    return switch (operation) {
      case Operation.Put<?> put -> size(put.document().content());
      case Operation.Delete<?> delete -> size(delete.last().content());
      case Operation.Append<?> append -> size(append.document().content());
      case Operation.MoveRef ignored -> 0;
      case Operation.Require<?> ignored -> 0;
      case Operation.RequireRef ignored -> 0;
      case Operation.Add<?> ignored -> 0;
    };
  }

  private static long size(Template template) {
    long size = 0;
    for (Template.Part part : template.parts()) {
      if (part instanceof Template.Part.Literal literal) {
        size += literal.bytes().size();
      }
    }
    return size;
  }
}
