package ai.a5c.krate.jwt;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the newest tokens say whose signature was found to hold: a signature costs more than
 * everything else that a small request needs. Tokens are known by their digests, so that none is
 * kept. May be used from many threads at once.
 */
final class VerifiedTokens {
  static final int MOST = 4_096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Bytes, Claims> claims = new LinkedHashMap<>(64, 0.75f, true);

  /**
   * What a token says; whether it holds here and now is decided each time.
   *
   * @param audience what it is good for, as the token spells it
   */
  record Claims(Subject subject, List<String> audience, Instant notBefore, Instant expires) {
    Claims {
      audience = List.copyOf(audience);
    }
  }

  static Bytes digest(String token) {
    try {
      return Bytes.owning(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Optional<Claims> find(Bytes digest) {
    lock.lock();
    try {
      return Optional.ofNullable(claims.get(digest));
    } finally {
      lock.unlock();
    }
  }

  /** Keeps what a token says; of too many, the one that was not used for longest is forgotten. */
  void keep(Bytes digest, Claims said) {
    lock.lock();
    try {
      claims.put(digest, said);
      if (claims.size() > MOST) {
        claims.remove(claims.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return claims.size();
    } finally {
      lock.unlock();
    }
  }
}
