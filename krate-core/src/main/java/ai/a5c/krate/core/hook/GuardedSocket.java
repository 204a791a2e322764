package ai.a5c.krate.core.hook;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;

/** A socket that connects directly, and only to an address that the guard lets pass. */
final class GuardedSocket extends Socket {
  private final TargetGuard guard;

  GuardedSocket(TargetGuard guard) {
    super(Proxy.NO_PROXY);
    this.guard = guard;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    if (!(endpoint instanceof InetSocketAddress target) || target.getAddress() == null) {
      throw new RefusedTargetException("the target has no address");
    }
    var objection = guard.objection(target.getAddress());
    if (objection.isPresent()) {
      throw new RefusedTargetException(objection.get());
    }
    super.connect(endpoint, timeout);
  }
}
