package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Bytes;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Bytes with {@linkplain Slot slots} that the committer fills.
 *
 * @param parts in order
 */
public record Template(List<Part> parts) {
  /** A run of bytes that is known, or one that is not yet. */
  public sealed interface Part {
    record Literal(Bytes bytes) implements Part {}

    record Open(Slot slot) implements Part {}
  }

  public Template {
    parts = List.copyOf(parts);
  }

  /** A template without slots. */
  public static Template of(Bytes bytes) {
    return new Template(List.of(new Part.Literal(bytes)));
  }

  /** A template without slots, from text. */
  public static Template of(String text) {
    return of(Bytes.utf8(text));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The complete bytes, each slot replaced by the UTF-8 encoding of what {@code values} says. */
  public Bytes fill(Function<Slot, String> values) {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Literal(Bytes all)) {
      return all;
    }
    var out = new ByteArrayOutputStream();
    for (Part part : parts) {
      Bytes bytes =
          switch (part) {
            case Part.Literal(Bytes literal) -> literal;
            case Part.Open(Slot slot) -> Bytes.utf8(values.apply(slot));
          };
      out.writeBytes(bytes.toArray());
    }
    return Bytes.owning(out.toByteArray());
  }

  /** Collects the parts of a template in order. */
  public static final class Builder {
    private final List<Part> parts = new ArrayList<>();

    private Builder() {}

    @CanIgnoreReturnValue
    public Builder text(String literal) {
      return bytes(Bytes.utf8(literal));
    }

    @CanIgnoreReturnValue
    public Builder bytes(Bytes literal) {
      if (!literal.isEmpty()) {
        parts.add(new Part.Literal(literal));
      }
      return this;
    }

    @CanIgnoreReturnValue
    public Builder slot(Slot slot) {
      parts.add(new Part.Open(slot));
      return this;
    }

    public Template build() {
      return new Template(parts);
    }
  }
}
