package ai.a5c.krate.core.identity;

import ai.a5c.krate.apiserver.request.Review;
import ai.a5c.krate.core.forge.Room;
import ai.a5c.krate.spi.token.TokenService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The issuing of tokens. */
public final class IdentityRoom implements Room {
  private final @Nullable TokenService tokens;

  /**
   * The room.
   *
   * @param tokens null if this forge issues none
   */
  public IdentityRoom(@Nullable TokenService tokens) {
    this.tokens = tokens;
  }

  @Override
  public List<Review> reviews() {
    return List.of(new TokenIssuance(tokens));
  }
}
