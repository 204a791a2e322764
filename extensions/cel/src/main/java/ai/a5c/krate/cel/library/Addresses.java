package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.CIDR;
import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.IP;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;
import java.util.function.Predicate;

/** The IP and CIDR libraries of Kubernetes. */
final class Addresses {
  private Addresses() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("ip", IP, STRING)
        .global("isIP", BOOL, STRING)
        .global("ip.isCanonical", BOOL, STRING)
        .member("family", INT, IP)
        .global("string", STRING, IP)
        .serve("ip", String.class, call -> Address.parse(call.string(0)))
        .serve("isIP", String.class, call -> isAddress(call.string(0)))
        .serve("ip.isCanonical", String.class, Addresses::isCanonical)
        .serve("family", Address.class, call -> address(call).isV4() ? 4L : 6L)
        .serve("string", Address.class, call -> address(call).canonical());
    property(catalog, "isUnspecified", Address::isUnspecified);
    property(catalog, "isLoopback", Address::isLoopback);
    property(catalog, "isLinkLocalMulticast", Address::isLinkLocalMulticast);
    property(catalog, "isLinkLocalUnicast", Address::isLinkLocalUnicast);
    property(catalog, "isGlobalUnicast", Address::isGlobalUnicast);
    addRanges(catalog);
  }

  private static void addRanges(Catalog catalog) {
    catalog
        .global("cidr", CIDR, STRING)
        .global("isCIDR", BOOL, STRING)
        .member("containsIP", BOOL, CIDR, STRING)
        .member("containsIP", BOOL, CIDR, IP)
        .member("containsCIDR", BOOL, CIDR, STRING)
        .member("containsCIDR", BOOL, CIDR, CIDR)
        .member("ip", IP, CIDR)
        .member("prefixLength", INT, CIDR)
        .member("masked", CIDR, CIDR)
        .global("string", STRING, CIDR)
        .serve("cidr", String.class, call -> AddressRange.parse(call.string(0)))
        .serve("isCIDR", String.class, call -> isRange(call.string(0)))
        .serve("containsIP", AddressRange.class, Addresses::containsAddress)
        .serve("containsCIDR", AddressRange.class, Addresses::containsRange)
        .serve("ip", AddressRange.class, call -> range(call).address())
        .serve("prefixLength", AddressRange.class, call -> (long) range(call).prefix())
        .serve("masked", AddressRange.class, call -> range(call).masked())
        .serve("string", AddressRange.class, call -> range(call).canonical());
  }

  private static void property(Catalog catalog, String name, Predicate<Address> property) {
    catalog.member(name, BOOL, IP).serve(name, Address.class, call -> property.test(address(call)));
  }

  private static Address address(Call call) {
    return call.as(0, Address.class);
  }

  private static AddressRange range(Call call) {
    return call.as(0, AddressRange.class);
  }

  private static boolean isAddress(String text) {
    try {
      return Address.parse(text).bytes().size() > 0;
    } catch (NoValue e) {
      return false;
    }
  }

  private static boolean isCanonical(Call call) {
    return Address.parse(call.string(0)).canonical().equals(call.string(0));
  }

  private static boolean isRange(String text) {
    try {
      return AddressRange.parse(text).prefix() >= 0;
    } catch (NoValue e) {
      return false;
    }
  }

  private static boolean containsAddress(Call call) {
    Address other =
        call.value(1) instanceof String text ? Address.parse(text) : call.as(1, Address.class);
    return range(call).contains(other);
  }

  private static boolean containsRange(Call call) {
    AddressRange other =
        call.value(1) instanceof String text
            ? AddressRange.parse(text)
            : call.as(1, AddressRange.class);
    return range(call).contains(other);
  }
}
