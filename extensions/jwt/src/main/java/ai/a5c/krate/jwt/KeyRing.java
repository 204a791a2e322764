package ai.a5c.krate.jwt;

import ai.a5c.krate.spi.token.KeyFiles;
import ai.a5c.krate.spi.token.TokenKeysException;
import ai.a5c.krate.spi.token.TokenSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The keys of the issuer: one that signs, and those before it as long as a token of theirs can
 * hold. A key is on disk before it signs, and what a retired key has signed goes on to hold, so a
 * rotation leaves no gap. May be used from many threads at once.
 */
final class KeyRing {
  /** More than a day of hourly rotations; a server that starts over and over stops rotating. */
  static final int MOST = 64;

  private static final Logger LOG = System.getLogger(KeyRing.class.getName());
  private static final String SUFFIX = ".jwk";

  /** How long a retired key is kept, whatever the longest lifetime was when it signed. */
  private static final Duration KEPT = TokenSettings.LIFETIME_LIMIT.plus(JwtTokens.LEEWAY);

  private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

  private final KeyFiles files;
  private final Duration rotation;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Keys keys;

  /**
   * The keys at one time.
   *
   * @param due when the next thing has to be done
   */
  private record Keys(TokenKey signing, Map<String, TokenKey> all, Instant due) {}

  private KeyRing(
      KeyFiles files,
      Duration rotation,
      InstantSource clock,
      SecureRandom random,
      List<TokenKey> found) {
    this.files = files;
    this.rotation = rotation;
    this.clock = clock;
    this.random = random;
    this.keys = begin(found);
  }

  /**
   * Reads the keys, drops those whose time is over, and begins to sign with a new one.
   *
   * @throws TokenKeysException if a key cannot be read or written
   */
  static KeyRing open(KeyFiles files, Duration rotation, InstantSource clock, SecureRandom random) {
    List<TokenKey> found = new ArrayList<>();
    for (String name : files.names()) {
      if (name.endsWith(SUFFIX)) {
        String id = name.substring(0, name.length() - SUFFIX.length());
        found.add(
            TokenKey.read(id, files.read(name))
                .orElseThrow(
                    () ->
                        new TokenKeysException(
                            "The token key "
                                + name
                                + " is damaged. Remove it: the tokens that it signed are refused"
                                + " then.")));
      }
    }
    found.sort(Comparator.comparing(TokenKey::made).thenComparing(TokenKey::id));
    return new KeyRing(files, rotation, clock, random, found);
  }

  /** The key that signs now. */
  TokenKey signing() {
    tend();
    return keys.signing();
  }

  /** The key of that id, if what it signed can still hold. */
  Optional<TokenKey> find(String id) {
    return Optional.ofNullable(keys.all().get(id)).filter(key -> !isOver(key, clock.instant()));
  }

  private Keys begin(List<TokenKey> found) {
    Instant now = clock.instant();
    List<TokenKey> kept = new ArrayList<>();
    for (TokenKey key : found) {
      if (isOver(key, now)) {
        files.delete(file(key));
      } else {
        kept.add(key);
      }
    }
    Optional<TokenKey> last = kept.stream().filter(TokenKey::signs).reduce((a, b) -> b);
    boolean full = kept.size() >= MOST;
    return last.isPresent() && full ? signingWith(last.get(), kept) : rotated(kept, now);
  }

  /** Retires every key that signs, and makes another. */
  private Keys rotated(List<TokenKey> before, Instant now) {
    TokenKey fresh = TokenKey.make(now, random);
    files.write(file(fresh), fresh.content());
    List<TokenKey> all = new ArrayList<>();
    try {
      for (TokenKey key : before) {
        all.add(key.signs() ? retired(key, now) : key);
      }
    } catch (TokenKeysException e) {
      withdraw(fresh, e);
      throw e;
    }
    all.add(fresh);
    return signingWith(fresh, all);
  }

  private TokenKey retired(TokenKey key, Instant now) {
    TokenKey retired = key.retired(now.plus(KEPT));
    files.write(file(retired), retired.content());
    return retired;
  }

  /** A key that never signed is not left behind, if that can be helped. */
  private void withdraw(TokenKey key, TokenKeysException fault) {
    try {
      files.delete(file(key));
    } catch (TokenKeysException e) {
      fault.addSuppressed(e);
    }
  }

  private Keys signingWith(TokenKey signing, List<TokenKey> all) {
    Map<String, TokenKey> byId = new LinkedHashMap<>();
    Instant due = signing.made().plus(rotation);
    for (TokenKey key : all) {
      byId.put(key.id(), key);
      Instant until = key.until();
      if (until != null && until.isBefore(due)) {
        due = until;
      }
    }
    return new Keys(signing, byId, due);
  }

  /** Does what is due. If that fails, the keys go on as they are, and it is tried again soon. */
  void tend() {
    Instant now = clock.instant();
    if (now.isBefore(keys.due()) || !lock.tryLock()) {
      return;
    }
    try {
      keys = tended(keys, now);
    } catch (TokenKeysException e) {
      LOG.log(Level.WARNING, "the keys of tokens go on as they are for now", e);
      keys = new Keys(keys.signing(), keys.all(), now.plus(TRY_AGAIN));
    } finally {
      lock.unlock();
    }
  }

  private Keys tended(Keys before, Instant now) {
    List<TokenKey> kept = new ArrayList<>();
    for (TokenKey key : before.all().values()) {
      if (isOver(key, now)) {
        files.delete(file(key));
      } else {
        kept.add(key);
      }
    }
    boolean old = !now.isBefore(before.signing().made().plus(rotation));
    if (old && kept.size() < MOST) {
      return rotated(kept, now);
    }
    Keys after = signingWith(before.signing(), kept);
    return now.isBefore(after.due())
        ? after
        : new Keys(after.signing(), after.all(), now.plus(TRY_AGAIN));
  }

  private static boolean isOver(TokenKey key, Instant now) {
    Instant until = key.until();
    return until != null && now.isAfter(until);
  }

  private static String file(TokenKey key) {
    return key.id() + SUFFIX;
  }
}
