package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Signs a request as the Standard Webhooks specification 1.0 says, and in GitHub's form beside it:
 * both are HMAC-SHA256 (RFC 2104).
 */
final class Signature {
  static final String ID = "webhook-id";
  static final String TIMESTAMP = "webhook-timestamp";
  static final String SIGNATURE = "webhook-signature";
  static final String BODY_SIGNATURE = "X-Krate-Signature-256";

  private Signature() {}

  /**
   * The header fields that prove where a request comes from.
   *
   * @param keys each signs; the first also signs the body alone
   * @param time of the attempt, so that a receiver can refuse old requests
   */
  static SortedMap<String, String> headers(
      List<SigningKey> keys, String id, Instant time, Bytes body) {
    String timestamp = Long.toString(time.getEpochSecond());
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    byte[] content = body.toArray();
    SortedMap<String, String> headers = new TreeMap<>();
    var signatures = new StringJoiner(" ");
    for (SigningKey key : keys) {
      var mac = new HMac(new SHA256Digest());
      mac.init(new KeyParameter(key.key().reveal()));
      signatures.add("v1," + Base64.getEncoder().encodeToString(sign(mac, head, content)));
      if (headers.isEmpty()) {
        headers.put(BODY_SIGNATURE, "sha256=" + HexFormat.of().formatHex(sign(mac, content)));
      }
    }
    headers.put(ID, id);
    headers.put(TIMESTAMP, timestamp);
    headers.put(SIGNATURE, signatures.toString());
    return headers;
  }

  private static byte[] sign(HMac mac, byte[]... parts) {
    for (byte[] part : parts) {
      mac.update(part, 0, part.length);
    }
    byte[] result = new byte[mac.getMacSize()];
    mac.doFinal(result, 0);
    return result;
  }
}
