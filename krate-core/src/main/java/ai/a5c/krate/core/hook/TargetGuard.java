package ai.a5c.krate.core.hook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keeps webhooks away from addresses that only the server can reach. It judges the address that is
 * dialled, never a name: what a name means can change between two questions.
 *
 * <p>Private targets (loopback, private, unique local and shared ranges, and this machine's own
 * addresses) can be allowed; link-local ones, where clouds keep their metadata, multicast and
 * reserved ones cannot. An IPv6 address that stands for an IPv4 address is judged as that one.
 */
final class TargetGuard {
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private final boolean allowPrivate;

  TargetGuard(boolean allowPrivate) {
    this.allowPrivate = allowPrivate;
  }

  /** Why nothing may be sent to the address, if so; does not tell the address. */
  Optional<String> objection(InetAddress address) {
    Optional<String> range = objection(address.getAddress());
    if (range.isPresent() || allowPrivate) {
      return range.map(what -> "the target's address is not allowed: it is " + what);
    }
    return isOurs(address)
        ? Optional.of("the target's address is not allowed: it is the server's own")
        : Optional.empty();
  }

  private Optional<String> objection(byte[] address) {
    if (address.length == IPV4_BYTES) {
      return Network.find(Network.IPV4, address).filter(this::refuses).map(Network::what);
    }
    Optional<Network> special = Network.find(Network.IPV6, address);
    Optional<String> refused = special.filter(this::refuses).map(Network::what);
    if (refused.isPresent() || special.filter(Network::isOneAddress).isPresent()) {
      return refused;
    }
    Optional<byte[]> embedded = embedded(address);
    if (embedded.isPresent()) {
      return objection(embedded.get());
    }
    return special.isPresent() || Network.PUBLIC_IPV6.contains(address)
        ? Optional.empty()
        : Optional.of("reserved");
  }

  private boolean refuses(Network network) {
    return !network.local() || !allowPrivate;
  }

  /** The IPv4 address that an IPv6 address stands for. */
  private static Optional<byte[]> embedded(byte[] address) {
    if (Network.SIX_TO_FOUR.contains(address)) {
      return Optional.of(Arrays.copyOfRange(address, 2, 2 + IPV4_BYTES));
    }
    return embedsByInterface(address) || Network.find(Network.EMBEDDING_AT_END, address).isPresent()
        ? Optional.of(Arrays.copyOfRange(address, IPV6_BYTES - IPV4_BYTES, IPV6_BYTES))
        : Optional.empty();
  }

  /** ISATAP (RFC 5214): the interface id 0:5efe or 200:5efe, followed by an IPv4 address. */
  private static boolean embedsByInterface(byte[] address) {
    return (address[8] & 0xfd) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && address[11] == (byte) 0xfe;
  }

  private static boolean isOurs(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(unscoped(address)) != null;
    } catch (SocketException | UnknownHostException e) {
      return true;
    }
  }

  private static InetAddress unscoped(InetAddress address) throws UnknownHostException {
    return address instanceof Inet4Address
        ? address
        : InetAddress.getByAddress(address.getAddress());
  }
}
