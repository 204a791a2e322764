package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.server.GitAnswer;
import ai.a5c.krate.server.KrateServer;
import ai.a5c.krate.server.Limits;
import ai.a5c.krate.server.ServerSettings;
import ai.a5c.krate.server.TlsIdentity;
import jakarta.json.Json;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The running server: every concrete class is made here, in the order in which they need one
 * another, and closed in reverse.
 */
final class Assembly implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Assembly.class.getName());

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Settings settings;
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();

  private Assembly(Settings settings) {
    this.settings = settings;
  }

  /**
   * Starts everything.
   *
   * @throws StartFailedException if something cannot start; what had started is stopped again
   */
  static Running start(Settings settings) {
    var assembly = new Assembly(settings);
    try {
      return assembly.assemble();
    } catch (RuntimeException | Error e) {
      assembly.close();
      throw e;
    }
  }

  /**
   * A server that is ready.
   *
   * @param url where clients reach it
   */
  record Running(Assembly assembly, DataFolder folder, URI url) {}

  private Running assemble() {
    DataFolder folder = part(DataFolder.open(settings.get(Settings.DATA_DIR)));
    Listen listen = settings.get(Settings.LISTEN);
    Pki pki = Pki.open(folder, hosts(listen), clock, random);
    KrateServer server = part(server(listen, pki));
    String host = listen.everywhere() ? "127.0.0.1" : listen.host();
    URI local = URI.create("https://" + Listen.inUrl(host) + ":" + server.address().getPort());
    URI url = settings.find(Settings.PUBLIC_URL).orElse(local);
    pki.writeKubeconfig(url.toString());
    return new Running(this, folder, url);
  }

  private KrateServer server(Listen listen, Pki pki) {
    var identity =
        new TlsIdentity(
            pki.serverCredential().key(), List.of(pki.serverCredential().certificate()));
    var services =
        new KrateServer.Services(
            (subject, remote, request) -> answer(request),
            request -> new GitAnswer.NotFound(),
            List.of());
    try {
      return KrateServer.start(
          new ServerSettings(
              address(listen), identity, List.of(pki.authorityCertificate()), Limits.STANDARD),
          services,
          clock,
          this::requestId);
    } catch (UncheckedIOException e) {
      throw new StartFailedException(
          "Nothing can listen on "
              + Listen.inUrl(listen.host())
              + ":"
              + listen.port()
              + ": "
              + String.valueOf(e.getCause()).replaceFirst("^[a-zA-Z.]+: ", "")
              + ". Choose another address with "
              + Settings.LISTEN.flag()
              + ", or port 0 for a free one.",
          e);
    }
  }

  private static InetSocketAddress address(Listen listen) {
    try {
      return new InetSocketAddress(InetAddress.getAllByName(listen.host())[0], listen.port());
    } catch (UnknownHostException e) {
      throw new StartFailedException(
          "The host " + listen.host() + " of " + Settings.LISTEN.flag() + " is not known.", e);
    }
  }

  /** What clients may call the server. */
  private Set<String> hosts(Listen listen) {
    Set<String> hosts = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
    if (!listen.everywhere()) {
      hosts.add(listen.host());
    }
    settings
        .find(Settings.PUBLIC_URL)
        .map(url -> url.getHost().replaceAll("[\\[\\]]", ""))
        .ifPresent(hosts::add);
    try {
      hosts.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "this machine does not know its own name", e);
    }
    return hosts;
  }

  private ApiResponse answer(ApiRequest request) {
    if (!request.method().equals("GET") || !request.target().equals("/version")) {
      throw new ApiException(new Problem.NoSuchPath(request.target()));
    }
    String body =
        Json.createObjectBuilder()
            .add("major", "1")
            .add("minor", "33")
            .add("gitVersion", "v1.33.0+krate")
            .add("gitCommit", "")
            .add("gitTreeState", "")
            .add("buildDate", "")
            .add("goVersion", "")
            .add("compiler", "javac")
            .add("platform", "java/" + Runtime.version().feature())
            .build()
            .toString();
    return new ApiResponse(
        200, Headers.of("Content-Type", "application/json"), Bytes.utf8(body).stream());
  }

  private String requestId() {
    byte[] id = new byte[8];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  /** Stops everything, the last part first. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOGGER.log(
            System.Logger.Level.ERROR,
            "stopping " + part.getClass().getSimpleName() + " failed",
            e);
      }
    }
  }
}
