package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one Protocol Buffers message in wire format, one after the other. Whatever is
 * malformed is refused with BadRequest. Used by one thread.
 */
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final int MAX_FIELD = (1 << 29) - 1;

  private final ByteBuffer in;
  private int wireType;

  /** Reads what remains in the buffer, whose position moves. */
  ProtoReader(ByteBuffer in) {
    this.in = in;
  }

  boolean hasField() {
    return in.hasRemaining();
  }

  /** The number of the next field, whose value must be read or skipped before the next. */
  int field() {
    long tag = varint();
    wireType = (int) (tag & 7);
    long number = tag >>> 3;
    if (number < 1 || number > MAX_FIELD) {
      throw malformed("a field has the number " + number);
    }
    return (int) number;
  }

  int wireType() {
    return wireType;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw malformed("it ends within a number");
      }
      byte octet = in.get();
      value |= (octet & 0x7FL) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw malformed("a number has more than ten bytes");
  }

  /** The value of a length-delimited field, without copying it. */
  ByteBuffer bytes() {
    long length = varint();
    if (length < 0 || length > in.remaining()) {
      throw malformed("a field is longer than what holds it");
    }
    ByteBuffer bytes = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return bytes;
  }

  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a string is not UTF-8");
    }
  }

  void skip() {
    switch (wireType) {
      case VARINT -> {
        long ignored = varint();
      }
      case FIXED64 -> skip(Long.BYTES);
      case BYTES -> {
        ByteBuffer ignored = bytes();
      }
      case FIXED32 -> skip(Integer.BYTES);
      default -> throw malformed("wire type " + wireType + " is not used");
    }
  }

  private void skip(int length) {
    if (length > in.remaining()) {
      throw malformed("it ends within a field");
    }
    in.position(in.position() + length);
  }

  static ApiException malformed(String why) {
    return new ApiException(new Problem.BadRequest("malformed protobuf body: " + why));
  }
}
