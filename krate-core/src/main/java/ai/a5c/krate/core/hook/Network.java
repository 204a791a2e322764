package ai.a5c.krate.core.hook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * A range of addresses that is not the public network.
 *
 * @param base the first address
 * @param bits how many leading bits are fixed
 * @param what it is, for a person
 * @param local whether somebody may want to send there, if the server allows private targets
 */
record Network(InetAddress base, int bits, String what, boolean local) {
  /** The special ranges of IPv4 (RFC 6890), the narrower ones first. */
  static final List<Network> IPV4 =
      List.of(
          never("168.63.129.16/32", "a cloud's metadata service"),
          never("100.100.100.200/32", "a cloud's metadata service"),
          never("0.0.0.0/8", "unspecified"),
          local("10.0.0.0/8", "private"),
          local("100.64.0.0/10", "shared"),
          local("127.0.0.0/8", "loopback"),
          never("169.254.0.0/16", "link-local"),
          local("172.16.0.0/12", "private"),
          never("192.0.0.0/24", "reserved"),
          never("192.0.2.0/24", "reserved"),
          never("192.88.99.0/24", "reserved"),
          local("192.168.0.0/16", "private"),
          local("198.18.0.0/15", "for benchmarks"),
          never("198.51.100.0/24", "reserved"),
          never("203.0.113.0/24", "reserved"),
          never("224.0.0.0/4", "multicast"),
          never("240.0.0.0/4", "reserved"));

  /** The special ranges of IPv6 (RFC 6890), the narrower ones first. */
  static final List<Network> IPV6 =
      List.of(
          never("::/128", "unspecified"),
          local("::1/128", "loopback"),
          never("fd00:ec2::254/128", "a cloud's metadata service"),
          never("fd20:ce::254/128", "a cloud's metadata service"),
          never("2001:db8::/32", "reserved"),
          never("2001::/23", "reserved"),
          never("3fff::/20", "reserved"),
          local("fc00::/7", "unique local"),
          never("fe80::/10", "link-local"),
          never("ff00::/8", "multicast"));

  /** All of IPv6 that is given out for the public network. */
  static final Network PUBLIC_IPV6 = never("2000::/3", "public");

  /** The prefixes of IPv6 addresses that stand for the IPv4 address in their last four bytes. */
  static final List<Network> EMBEDDING_AT_END =
      List.of(
          never("::/96", "IPv4-compatible"),
          never("::ffff:0:0/96", "IPv4-mapped"),
          never("::ffff:0:0:0/96", "IPv4-translated"),
          never("64:ff9b::/96", "NAT64"));

  /** 6to4: the IPv4 address follows the prefix. */
  static final Network SIX_TO_FOUR = never("2002::/16", "6to4");

  /** The first of the networks that the address is in. */
  static Optional<Network> find(List<Network> networks, byte[] address) {
    return networks.stream().filter(network -> network.contains(address)).findFirst();
  }

  boolean isOneAddress() {
    return bits == 8 * base.getAddress().length;
  }

  boolean contains(byte[] address) {
    byte[] start = base.getAddress();
    if (start.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if (((start[bit / 8] ^ address[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Network never(String range, String what) {
    return of(range, what, false);
  }

  private static Network local(String range, String what) {
    return of(range, what, true);
  }

  private static Network of(String range, String what, boolean local) {
    int slash = range.indexOf('/');
    int bits = Integer.parseInt(range.substring(slash + 1));
    return new Network(literal(range.substring(0, slash)), bits, what, local);
  }

  private static InetAddress literal(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }
}
