package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;

/**
 * What became of an object.
 *
 * @param object as stored; after its removal, as it was last shown; on a dry run, as it would be
 * @param outcome what happened
 * @param warnings for the client
 */
public record Written(ApiObject object, Outcome outcome, List<String> warnings) {
  /** What happened to the object. */
  public enum Outcome {
    CREATED,
    UPDATED,
    /** It was as asked for already. */
    UNCHANGED,
    REMOVED
  }

  public Written {
    warnings = List.copyOf(warnings);
  }
}
