package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitEntry;
import ai.a5c.krate.spi.git.GitExchange;
import ai.a5c.krate.spi.git.GitService;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.URL;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.util.TemporaryBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One request of JGit's smart HTTP that never leaves the process: its body is collected, then
 * answered on the caller's thread, and then the answer is read. Used by one thread.
 */
final class InProcessConnection implements HttpConnection {
  private static final Pattern ADVERTISEMENT =
      Pattern.compile("/([^/]+)/([^/]+)\\.git/info/refs\\?service=([a-z-]+)");
  private static final Pattern SERVICE = Pattern.compile("/([^/]+)/([^/]+)\\.git/([a-z-]+)");
  private static final int IN_MEMORY = 1 << 20;
  private static final int BAD_REQUEST = 400;

  private final URL url;
  private final GitEntry entry;
  private final Map<String, String> asked = new TreeMap<>();
  private final TemporaryBuffer request = new TemporaryBuffer.LocalFile(null, IN_MEMORY);
  private final TemporaryBuffer response = new TemporaryBuffer.LocalFile(null, IN_MEMORY);
  private String method = "GET";
  private String contentType = "";
  private int code;

  InProcessConnection(URL url, GitEntry entry) {
    this.url = url;
    this.entry = entry;
  }

  @Override
  public int getResponseCode() throws IOException {
    if (code == 0) {
      answer();
      response.close();
      request.destroy();
    }
    return code;
  }

  private void answer() throws IOException {
    String target = url.getFile();
    Matcher advertisement = ADVERTISEMENT.matcher(target);
    Matcher service = SERVICE.matcher(target);
    if (method.equals("GET") && advertisement.matches()) {
      answer(advertisement, "advertisement");
    } else if (method.equals("POST") && service.matches()) {
      request.close();
      answer(service, "result");
    } else {
      code = HTTP_NOT_FOUND;
    }
  }

  private void answer(Matcher path, String kind) throws IOException {
    Optional<GitService> service = GitService.parse(path.group(3));
    if (service.isEmpty()) {
      code = BAD_REQUEST;
      return;
    }
    Optional<GitExchange> exchange = entry.open(path.group(1), path.group(2), service.get());
    if (exchange.isEmpty()) {
      code = HTTP_NOT_FOUND;
      return;
    }
    contentType = "application/x-" + service.get().wireName() + "-" + kind;
    if (kind.equals("advertisement")) {
      exchange.get().advertise(protocol(), response);
    } else {
      try (InputStream body = body()) {
        switch (service.get()) {
          case UPLOAD_PACK -> exchange.get().fetch(protocol(), body, response);
          case RECEIVE_PACK -> exchange.get().push(body, response);
        }
      }
    }
    code = HTTP_OK;
  }

  private @Nullable String protocol() {
    return asked.get("git-protocol");
  }

  private InputStream body() throws IOException {
    InputStream sent = request.openInputStream();
    return "gzip".equals(asked.get("content-encoding")) ? new GZIPInputStream(sent) : sent;
  }

  @Override
  public URL getURL() {
    return url;
  }

  @Override
  public String getResponseMessage() throws IOException {
    return switch (getResponseCode()) {
      case HTTP_OK -> "OK";
      case HTTP_NOT_FOUND -> "Not Found";
      default -> "Bad Request";
    };
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    return contentType.isEmpty() ? Map.of() : Map.of("Content-Type", List.of(contentType));
  }

  @Override
  public List<String> getHeaderFields(String name) {
    return name.equalsIgnoreCase("Content-Type") && !contentType.isEmpty()
        ? List.of(contentType)
        : List.of();
  }

  @Override
  public @Nullable String getHeaderField(String name) {
    return getHeaderFields(name).stream().findFirst().orElse(null);
  }

  @Override
  public String getContentType() {
    return contentType;
  }

  @Override
  public int getContentLength() {
    return -1;
  }

  /** The answer, whose temporary file goes when it is closed. */
  @Override
  public InputStream getInputStream() throws IOException {
    int unused = getResponseCode();
    return new FilterInputStream(response.openInputStreamWithAutoDestroy()) {
      @Override
      public void close() throws IOException {
        super.close();
        response.destroy();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return request;
  }

  @Override
  public void setRequestProperty(String name, String value) {
    asked.put(name.toLowerCase(Locale.ROOT), value);
  }

  @Override
  public void setRequestMethod(String wanted) throws ProtocolException {
    method = wanted;
  }

  @Override
  public String getRequestMethod() {
    return method;
  }

  @Override
  public boolean usingProxy() {
    return false;
  }

  @Override
  public void connect() {}

  @Override
  public void setUseCaches(boolean use) {}

  @Override
  public void setConnectTimeout(int milliseconds) {}

  @Override
  public void setReadTimeout(int milliseconds) {}

  @Override
  public void setInstanceFollowRedirects(boolean follow) {}

  @Override
  public void setDoOutput(boolean output) {}

  @Override
  public void setFixedLengthStreamingMode(int length) {}

  @Override
  public void setChunkedStreamingMode(int length) {}

  @Override
  public void configure(
      KeyManager @Nullable [] keys,
      TrustManager @Nullable [] trust,
      @Nullable SecureRandom random) {}

  @Override
  public void setHostnameVerifier(HostnameVerifier verifier) {}
}
