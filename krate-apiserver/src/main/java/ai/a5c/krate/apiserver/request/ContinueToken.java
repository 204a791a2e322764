package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.spi.storage.ListRequest;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a page of a list ended.
 *
 * @param at the snapshot that all pages are read from
 * @param after the last object that was given
 */
record ContinueToken(Revision at, ListRequest.Place after) {
  private static final int VERSION = 1;
  private static final int LONGEST = 2_048;
  private static final int LONGEST_NAME = 253;

  String encode() {
    JsonObject json =
        Json.object()
            .add("v", VERSION)
            .add("rv", at.value())
            .add("ns", after.namespace())
            .add("name", after.name())
            .build();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(json).toArray());
  }

  /** Names are compared by the store, which need not know what clients make up. */
  private static String name(JsonObject json, String member) {
    String name = json.getString(member);
    if (name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("no name");
    }
    return name;
  }

  static ContinueToken decode(String token) {
    try {
      if (token.length() > LONGEST) {
        throw new IllegalArgumentException("too long");
      }
      byte[] bytes = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.US_ASCII));
      JsonObject json = Json.parse(Bytes.owning(bytes), LONGEST).object();
      if (json.getInt("v") != VERSION) {
        throw new IllegalArgumentException("unknown version");
      }
      return new ContinueToken(
          new Revision(json.getJsonNumber("rv").longValueExact()),
          new ListRequest.Place(name(json, "ns"), name(json, "name")));
    } catch (RuntimeException e) {
      throw new ApiException(new Problem.BadRequest("continue key is not valid"));
    }
  }
}
