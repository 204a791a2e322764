package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {
  private final TargetGuard strict = new TargetGuard(false);
  private final TargetGuard lenient = new TargetGuard(true);

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, loopback",
    "127.255.255.254, loopback",
    "10.0.0.1, private",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.168.1.1, private",
    "100.64.0.1, shared",
    "100.127.255.255, shared",
    "198.18.0.1, for benchmarks",
    "::1, loopback",
    "fc00::1, unique local",
    "fdff::1, unique local",
    "::ffff:127.0.0.1, loopback",
    "::ffff:10.1.2.3, private",
    "::127.0.0.1, loopback",
    "::ffff:0:10.0.0.1, private",
    "64:ff9b::127.0.0.1, loopback",
    "64:ff9b::192.168.0.1, private",
    "2002:7f00:1::, loopback",
    "2002:a00:1::1, private",
    "2600::5efe:10.0.0.1, private",
    "2600::200:5efe:127.0.0.1, loopback"
  })
  void whatOnlyTheServerCanReachIsRefusedUnlessAllowed(String address, String what)
      throws Exception {
    InetAddress target = InetAddress.getByName(address);
    assertThat(strict.objection(target))
        .hasValue("the target's address is not allowed: it is " + what);
    assertThat(lenient.objection(target)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, unspecified",
    "0.1.2.3, unspecified",
    "169.254.169.254, link-local",
    "100.100.100.200, a cloud's metadata service",
    "168.63.129.16, a cloud's metadata service",
    "192.0.0.192, reserved",
    "192.0.2.1, reserved",
    "224.0.0.1, multicast",
    "239.255.255.250, multicast",
    "240.0.0.1, reserved",
    "255.255.255.255, reserved",
    "::, unspecified",
    "fe80::1, link-local",
    "fd00:ec2::254, a cloud's metadata service",
    "ff02::1, multicast",
    "fec0::1, reserved",
    "100::1, reserved",
    "2001:db8::1, reserved",
    "2001::1, reserved",
    "64:ff9b:1::1, reserved",
    "::ffff:169.254.169.254, link-local",
    "64:ff9b::169.254.169.254, link-local",
    "2002:a9fe:a9fe::, link-local",
    "fd00::5efe:169.254.169.254, link-local"
  })
  void whatNobodySendsWebhooksToIsAlwaysRefused(String address, String what) throws Exception {
    InetAddress target = InetAddress.getByName(address);
    String objection = "the target's address is not allowed: it is " + what;
    assertThat(lenient.objection(target)).hasValue(objection);
    assertThat(strict.objection(target)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1"
      })
  void thePublicNetworkIsFine(String address) throws Exception {
    assertThat(strict.objection(InetAddress.getByName(address))).isEmpty();
    assertThat(lenient.objection(InetAddress.getByName(address))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "127.1", "localhost", "0", "127.0.0.1", "::1", "[::1]"})
  void otherSpellingsOfAnAddressMakeNoDifference(String host) {
    try (var resolver = new GuardedResolver(strict, InetAddress::getAllByName)) {
      assertThatThrownBy(() -> resolver.resolve(host)).isInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void everyAddressOfThisMachineIsRefused() throws Exception {
    for (var network :
        java.util.Collections.list(java.net.NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress own : java.util.Collections.list(network.getInetAddresses())) {
        assertThat(strict.objection(own)).as(own.toString()).isPresent();
      }
    }
  }

  @Test
  void oneRefusedAddressRefusesTheHost() {
    var lookups = new AtomicInteger();
    try (var resolver =
        new GuardedResolver(
            strict,
            host -> {
              lookups.incrementAndGet();
              return new InetAddress[] {
                InetAddress.getByName("8.8.8.8"), InetAddress.getByName("10.0.0.1")
              };
            })) {
      assertThatThrownBy(() -> resolver.resolve("mixed.example"))
          .isInstanceOf(RefusedTargetException.class)
          .hasMessage("the target's address is not allowed: it is private");
      assertThat(lookups).hasValue(1);
    }
  }

  @Test
  void theSocketItselfRefusesToDial() throws Exception {
    try (var receiver = Receiver.accepting();
        var socket = new GuardedSocket(strict)) {
      var target = new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port());
      assertThatThrownBy(() -> socket.connect(target)).isInstanceOf(RefusedTargetException.class);
      assertThatThrownBy(() -> socket.connect(target, 1_000))
          .isInstanceOf(RefusedTargetException.class);
      assertThat(socket.isConnected()).isFalse();
    }
  }
}
