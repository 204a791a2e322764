package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What the slots of one transaction are filled with. */
final class SlotValues {
  /** What stands for the hash before the first entry, and for the hash while it is computed. */
  static final String NO_HASH = "0".repeat(64);

  /** By operation: its revision, or 0 if it makes no change. */
  private final long[] revisions;

  /** By operation: the value after an Add. */
  private final long[] values;

  SlotValues(long head, List<? extends Operation<?>> operations) {
    revisions = new long[operations.size()];
    values = new long[operations.size()];
    long next = head;
    for (int index = 0; index < revisions.length; index++) {
      revisions[index] = makesChange(operations.get(index)) ? ++next : 0;
    }
  }

  /** Whether the operation makes a change, and so has a revision. */
  static boolean makesChange(Operation<?> operation) {
    return switch (operation) {
      case Operation.Put<?> ignored -> true;
      case Operation.Delete<?> ignored -> true;
      case Operation.MoveRef ignored -> true;
      case Operation.Append<?> ignored -> true;
      case Operation.Add<?> ignored -> false;
      case Operation.Require<?> ignored -> false;
      case Operation.RequireRef ignored -> false;
    };
  }

  void counted(int operation, long value) {
    values[operation] = value;
  }

  long counted(int operation) {
    return values[operation];
  }

  Revision revision(int operation) {
    return new Revision(revisions[operation]);
  }

  String of(Slot slot) {
    return switch (slot) {
      case Slot.RevisionOf(int operation) -> Long.toString(revisions[operation]);
      case Slot.ValueOf(int operation) -> Long.toString(values[operation]);
      case Slot.PreviousHash ignored -> throw new IllegalArgumentException("no stream here");
      case Slot.Hash ignored -> throw new IllegalArgumentException("no stream here");
    };
  }

  /** A complete entry of a stream. */
  record Chained(Bytes content, String hash) {}

  Chained chain(Template template, String before) {
    String hash = sha256(template.fill(slot -> chained(slot, before, NO_HASH)));
    return new Chained(template.fill(slot -> chained(slot, before, hash)), hash);
  }

  /** The Adds whose values a template holds. */
  static Stream<Integer> addsIn(Template template) {
    return template.parts().stream()
        .flatMap(
            part ->
                part instanceof Template.Part.Open(Slot.ValueOf(int add))
                    ? Stream.of(add)
                    : Stream.empty());
  }

  private String chained(Slot slot, String before, String hash) {
    return switch (slot) {
      case Slot.PreviousHash ignored -> before;
      case Slot.Hash ignored -> hash;
      case Slot.RevisionOf revision -> of(revision);
      case Slot.ValueOf value -> of(value);
    };
  }

  private static String sha256(Bytes bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException("every Java has SHA-256, and writes to nowhere", e);
    }
  }
}
