package ai.a5c.krate.apiserver.wire;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a list.
 *
 * @param resourceVersion of the snapshot that the list was read from
 * @param continueToken empty on the last page
 * @param remainingItemCount how many items follow this page; null if that is not told
 */
public record ListMeta(
    String resourceVersion, String continueToken, @Nullable Long remainingItemCount) {
  /** A list of one page. */
  public static ListMeta at(String resourceVersion) {
    return new ListMeta(resourceVersion, "", null);
  }

  /** As it stands in the list; what there is not is left out. */
  public JsonObject toJson() {
    JsonObjectBuilder json = Documents.object().add("resourceVersion", resourceVersion);
    if (!continueToken.isEmpty()) {
      json.add("continue", continueToken);
    }
    if (remainingItemCount != null) {
      json.add("remainingItemCount", remainingItemCount);
    }
    return json.build();
  }
}
