package ai.a5c.krate.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS side of the listener: every connection is metered and asked for a client certificate,
 * whatever authority it is of. The list of authorities in the question stays empty, because some
 * clients send nothing when they find no match in it.
 */
final class TlsSockets extends SSLContextSpi {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SSLContext context;
  private final Factory sockets;

  private TlsSockets(SSLContext context, Connections connections, Duration silence) {
    this.context = context;
    this.sockets = new Factory(context.getSocketFactory(), connections, silence);
  }

  /** A context whose server sockets are metered. */
  static SSLContext of(TlsIdentity identity, Connections connections, Duration silence)
      throws GeneralSecurityException, IOException {
    char[] password = {};
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), new TrustManager[] {new AnyClient()}, null);
    return new SSLContext(
        new TlsSockets(context, connections, silence), context.getProvider(), "TLS") {};
  }

  /** Takes every client certificate: who vouches for it is decided per request. */
  private static final class AnyClient extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Makes server sides over accepted sockets, and nothing else. */
  private static final class Factory extends SSLSocketFactory {
    private final SSLSocketFactory sockets;
    private final Connections connections;
    private final Duration silence;

    Factory(SSLSocketFactory sockets, Connections connections, Duration silence) {
      this.sockets = sockets;
      this.connections = connections;
      this.silence = silence;
    }

    @Override
    public Socket createSocket(Socket accepted, @Nullable InputStream consumed, boolean autoClose)
        throws IOException {
      var metered = new MeteredSocket(accepted, connections);
      metered.setSoTimeout(Math.toIntExact(silence.toMillis()));
      SSLSocket socket = (SSLSocket) sockets.createSocket(metered, consumed, true);
      socket.setWantClientAuth(true);
      socket.setEnabledProtocols(PROTOCOLS);
      return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
      throw client();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw client();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw client();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw client();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw client();
    }

    private static UnsupportedOperationException client() {
      return new UnsupportedOperationException("this side is a server");
    }
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("this context is complete");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return sockets;
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return context.getServerSocketFactory();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return context.createSSLEngine();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return context.createSSLEngine(host, port);
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return context.getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return context.getSupportedSSLParameters();
  }
}
