package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.spi.storage.ListRequest;
import jakarta.json.JsonObject;

/**
 * Where a page of a list ended; clients get it sealed by {@link ContinueSeal}.
 *
 * @param at the snapshot that all pages are read from
 * @param after the last object that was given, or looked at and kept back
 */
record ContinueToken(Revision at, ListRequest.Place after) {
  private static final int VERSION = 2;
  private static final int LONGEST = 4_096;

  Bytes encode() {
    return Json.write(
        Json.object()
            .add("v", VERSION)
            .add("rv", at.value())
            .add("ns", after.namespace())
            .add("name", after.name())
            .build());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws RuntimeException if it is something else
   */
  static ContinueToken decode(Bytes text) {
    JsonObject json = Json.parse(text, LONGEST).object();
    if (json.getInt("v") != VERSION) {
      throw new IllegalArgumentException("unknown version");
    }
    return new ContinueToken(
        new Revision(json.getJsonNumber("rv").longValueExact()),
        new ListRequest.Place(json.getString("ns"), json.getString("name")));
  }
}
