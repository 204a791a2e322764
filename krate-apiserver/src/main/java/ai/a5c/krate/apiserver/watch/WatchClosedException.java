package ai.a5c.krate.apiserver.watch;

/** The watch was closed, by its reader or because the server stops. */
public final class WatchClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  WatchClosedException() {
    super("the watch is closed");
  }
}
