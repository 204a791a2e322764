package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitEntry;
import java.net.URL;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;

/**
 * Lets JGit clone, fetch and push in the process of an embedded forge: its commands speak smart
 * HTTP, and what they say goes to the forge without a socket.
 *
 * {@snippet :
 * var ada = new InProcessGit(krate.git(Subject.of("ada")));
 * git.push().setRemote(ada.url("acme", "web")).setTransportConfigCallback(ada).call();
 * }
 *
 * <p>May be used from many threads at once. Bodies longer than a mebibyte are kept in temporary
 * files while a request lasts.
 */
public final class InProcessGit implements TransportConfigCallback {
  private static final String BASE = "http://krate.invalid/";

  private final GitEntry entry;

  /** A way in for one subject, which is whoever the entry was made for. */
  public InProcessGit(GitEntry entry) {
    this.entry = entry;
  }

  /**
   * What JGit is to call a repository. No network has this name: a command without this object as
   * its transport's configuration reaches nothing.
   */
  public String url(String organization, String repository) {
    return BASE + organization + "/" + repository + ".git";
  }

  /**
   * Makes a transport speak to the forge.
   *
   * @throws IllegalArgumentException if it is for something else than a {@link #url}
   */
  @Override
  public void configure(Transport transport) {
    if (!(transport instanceof TransportHttp http)
        || !transport.getURI().toString().startsWith(BASE)) {
      throw new IllegalArgumentException(
          transport.getURI() + " is no repository of the forge in this process");
    }
    http.setHttpConnectionFactory(new Factory(entry));
  }

  private record Factory(GitEntry entry)
      implements org.eclipse.jgit.transport.http.HttpConnectionFactory {
    @Override
    public InProcessConnection create(URL url) {
      return new InProcessConnection(url, entry);
    }

    @Override
    public InProcessConnection create(URL url, java.net.Proxy proxy) {
      return create(url);
    }
  }
}
