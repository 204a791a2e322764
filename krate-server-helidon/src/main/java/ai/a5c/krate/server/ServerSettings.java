package ai.a5c.krate.server;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * How the listener is set up.
 *
 * @param listen port 0 picks a free one
 * @param identity what the listener shows
 * @param clientAuthorities whose client certificates name a subject: the common name is the user,
 *     each organization a group
 */
public record ServerSettings(
    InetSocketAddress listen,
    TlsIdentity identity,
    List<X509Certificate> clientAuthorities,
    Limits limits) {
  public ServerSettings {
    clientAuthorities = List.copyOf(clientAuthorities);
  }
}
