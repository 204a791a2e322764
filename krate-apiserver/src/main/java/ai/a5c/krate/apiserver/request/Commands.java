package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Kind;

/**
 * The kubectl command that does a request again, for the audit trail. Bodies of sealed kinds, and bodies that are too
 * long or not text, are left out and said to be.
 */
final class Commands {
  private static final int BODY_LIMIT = 16 * 1024;

  private Commands() {}

  static String of(Request request, Target target, String verb, String name) {
    Kind kind = target.kind();
    String scope = target.namespace().isEmpty() ? "" : " --namespace=" + target.namespace();
    String subresource =
        target.subresource().isEmpty() ? "" : " --subresource=" + target.subresource();
    String object = kind.resource() + " " + quoted(name) + scope + subresource;
    return switch (verb) {
      case "create" -> "kubectl create" + scope + " -f - <<'EOF'\n" + document(request, kind) + "\nEOF";
      case "update" ->
          "kubectl replace" + scope + subresource + " -f - <<'EOF'\n" + document(request, kind) + "\nEOF";
      case "patch" ->
          "kubectl patch " + object + " --type=" + patchType(request)
              + " --patch=" + quoted(body(request, kind));
      case "delete", "deletecollection" -> "kubectl delete " + object;
      default -> "";
    };
  }

  private static String document(Request request, Kind kind) {
    return body(request, kind).replace("\nEOF", "\n EOF");
  }

  private static String body(Request request, Kind kind) {
    Bytes body = request.api().body();
    if (kind.sealed()) {
      return "(the document is secret)";
    }
    String text = body.utf8();
    boolean binary = text.indexOf('\0') >= 0;
    return body.size() > BODY_LIMIT || binary
        ? "(" + body.size() + " bytes that are not kept here)"
        : text.strip();
  }

  private static String patchType(Request request) {
    String type = request.api().headers().first("Content-Type").orElse("");
    if (type.startsWith("application/json-patch+json")) {
      return "json";
    }
    return type.startsWith("application/strategic-merge-patch+json") ? "strategic" : "merge";
  }

  /** One word of a POSIX shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
