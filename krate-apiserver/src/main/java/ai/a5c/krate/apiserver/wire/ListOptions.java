package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a list, or a deletion of a collection, asks for.
 *
 * @param at of no meaning with a continue token, which knows its own
 * @param limit of items a page; 0 if there is none
 * @param continueToken where the page before ended; empty for the first
 */
public record ListOptions(
    ReadPoint at, long limit, String continueToken, LabelSelector labels, FieldSelector fields) {
  static final String EXACT = "Exact";
  static final String NOT_OLDER_THAN = "NotOlderThan";

  /**
   * Reads {@code resourceVersion}, {@code resourceVersionMatch}, {@code limit}, {@code continue},
   * {@code labelSelector} and {@code fieldSelector}; other parameters say nothing.
   *
   * @throws ApiException BadRequest if one is malformed, or a resourceVersion other than 0 stands
   *     beside a continue token; Invalid, of kind ListOptions, if they do not go together
   */
  public static ListOptions parse(Query query, Kind kind) {
    OptionalLong resourceVersion = query.resourceVersion();
    long limit = Math.max(0, query.number("limit").orElse(0));
    String token = query.text("continue");
    LabelSelector labels = LabelSelector.parse(query.text("labelSelector"));
    FieldSelector fields = FieldSelector.parse(query.text("fieldSelector"), kind);
    String match = query.text("resourceVersionMatch");
    check(query, match, resourceVersion, !token.isEmpty());
    if (!token.isEmpty() && resourceVersion.orElse(0) > 0) {
      throw new ApiException(
          new Problem.BadRequest("specifying resource version is not allowed when using continue"));
    }
    return new ListOptions(at(resourceVersion, match, limit), limit, token, labels, fields);
  }

  private static void check(
      Query query, String match, OptionalLong resourceVersion, boolean continued) {
    OptionErrors errors = new OptionErrors("ListOptions");
    if (!match.isEmpty()) {
      String field = "resourceVersionMatch";
      if (resourceVersion.isEmpty()) {
        errors.forbidden(
            field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
      }
      if (continued) {
        errors.forbidden(field, "resourceVersionMatch is forbidden when continue is provided");
      }
      if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
        errors.notSupported(field, match, List.of(EXACT, NOT_OLDER_THAN));
      } else if (match.equals(EXACT) && resourceVersion.orElse(-1) == 0) {
        errors.forbidden(
            field, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
      }
    }
    if (query.has("sendInitialEvents")) {
      errors.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }
    errors.check();
  }

  private static ReadPoint at(OptionalLong resourceVersion, String match, long limit) {
    long value = resourceVersion.orElse(0);
    boolean exact = match.equals(EXACT) || (match.isEmpty() && limit > 0);
    return exact && value > 0
        ? new ReadPoint.Exact(new Revision(value))
        : ReadPoint.notOlderThan(resourceVersion);
  }
}
