package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.seal.SealBrokenException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Wraps under a key that everybody knows; each data key is used once, so a fixed nonce will do. */
public final class TestKeys implements KeyService {
  private static final SecretKeySpec KEY = new SecretKeySpec(new byte[32], "AES");
  private static final GCMParameterSpec NONCE = new GCMParameterSpec(128, new byte[12]);

  @Override
  public String currentKeyId() {
    return "test";
  }

  @Override
  public Bytes wrap(String keyId, Secret dataKey, String context) {
    return crypt(Cipher.ENCRYPT_MODE, dataKey.reveal(), context);
  }

  @Override
  public Secret unwrap(String keyId, Bytes wrapped, String context) {
    return Secret.of(crypt(Cipher.DECRYPT_MODE, wrapped.toArray(), context).toArray());
  }

  private static Bytes crypt(int mode, byte[] bytes, String context) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, KEY, NONCE);
      cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
      return Bytes.owning(cipher.doFinal(bytes));
    } catch (GeneralSecurityException e) {
      throw new SealBrokenException("the wrapped key does not open", e);
    }
  }
}
