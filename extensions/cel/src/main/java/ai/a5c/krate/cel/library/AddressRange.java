package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.util.regex.Pattern;

/** An address and the length of a prefix; the address may have bits beyond the prefix. */
record AddressRange(Address address, int prefix) implements Opaque {
  private static final Pattern PREFIX = Pattern.compile("0|[1-9]\\d{0,2}");

  /**
   * Reads one.
   *
   * @throws NoValue if it is none
   */
  static AddressRange parse(String text) {
    int slash = text.lastIndexOf('/');
    if (slash < 0) {
      throw malformed("no '/'");
    }
    Address address = Address.parse(text.substring(0, slash));
    String prefix = text.substring(slash + 1);
    if (!PREFIX.matcher(prefix).matches()
        || Integer.parseInt(prefix) > address.bytes().size() * Byte.SIZE) {
      throw malformed("bad prefix length");
    }
    return new AddressRange(address, Integer.parseInt(prefix));
  }

  private static NoValue malformed(String why) {
    return new NoValue("network address parse error during conversion from string: " + why);
  }

  /** The range with the bits beyond the prefix cleared. */
  AddressRange masked() {
    byte[] bytes = address.bytes().toArray();
    for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
    }
    return new AddressRange(new Address(Bytes.owning(bytes)), prefix);
  }

  boolean contains(Address other) {
    return other.isV4() == address.isV4()
        && new AddressRange(other, prefix).masked().equals(masked());
  }

  boolean contains(AddressRange other) {
    return other.prefix >= prefix && contains(other.address);
  }

  String canonical() {
    return address.canonical() + "/" + prefix;
  }

  @Override
  public String typeName() {
    return Types.CIDR.name();
  }
}
