import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A receiver of webhooks in one file: {@code java Receiver.java PORT SECRET LOG}. It checks each signature as Standard
 * Webhooks says, answers 204 or 401, and writes a line of type and delivery for each that it believes.
 */
class Receiver {
  private static final Pattern TYPE = Pattern.compile("\"type\":\"([a-z.]+)\"");
  private static final long TOLERANCE_SECONDS = 300;

  public static void main(String[] arguments) throws IOException {
    byte[] secret = Base64.getDecoder().decode(arguments[1].substring("whsec_".length()));
    Path log = Path.of(arguments[2]);
    var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    HttpServer server = HttpServer.create(address, 0);
    server.createContext(
        "/",
        exchange -> {
          String id = exchange.getRequestHeaders().getFirst("webhook-id");
          String time = exchange.getRequestHeaders().getFirst("webhook-timestamp");
          String signatures = exchange.getRequestHeaders().getFirst("webhook-signature");
          String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean genuine = genuine(secret, id, time, signatures, body);
          if (genuine) {
            Matcher type = TYPE.matcher(body);
            String line = (type.find() ? type.group(1) : "?") + " " + id + "\n";
            Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          }
          exchange.sendResponseHeaders(genuine ? 204 : 401, -1);
          exchange.close();
        });
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }

  private static boolean genuine(
      byte[] secret, String id, String time, String signatures, String body) {
    if (id == null || time == null || signatures == null) {
      return false;
    }
    long age = Math.abs(Instant.now().getEpochSecond() - Long.parseLong(time));
    String expected = "v1," + sign(secret, id + "." + time + "." + body);
    boolean signed = false;
    for (String signature : signatures.split(" ")) {
      signed |=
          MessageDigest.isEqual(
              signature.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }
    return signed && age <= TOLERANCE_SECONDS;
  }

  private static String sign(byte[] secret, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
    }
  }
}
