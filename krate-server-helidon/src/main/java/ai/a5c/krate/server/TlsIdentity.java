package ai.a5c.krate.server;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** The key and certificate chain that the listener shows. */
public final class TlsIdentity {
  private final PrivateKey key;
  private final List<X509Certificate> chain;

  /**
   * An identity.
   *
   * @param chain the server's own certificate first
   */
  public TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  PrivateKey key() {
    return key;
  }

  List<X509Certificate> chain() {
    return chain;
  }
}
