package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Kind;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The kubectl command that does a request again, for the audit trail. Bodies of sealed kinds, and
 * bodies that are too long or not text, are left out and said to be.
 *
 * <p>People paste these commands into a shell, and strangers write what stands in them: every part
 * that comes from a request is quoted so that a POSIX shell takes it for one word or one document.
 */
final class Commands {
  private static final int BODY_LIMIT = 16 * 1024;
  private static final List<String> SELECTORS = List.of("labelSelector", "fieldSelector");

  private Commands() {}

  static String of(Request request, Target target, String verb) {
    Kind kind = target.kind();
    String scope = target.namespace().isEmpty() ? "" : " --namespace=" + quoted(target.namespace());
    String subresource =
        target.subresource().isEmpty() ? "" : " --subresource=" + target.subresource();
    String object = kind.resource() + " " + quoted(target.name()) + scope + subresource;
    return switch (verb) {
      case "create" -> "kubectl create" + scope + " -f - " + document(body(request, kind));
      case "update" ->
          "kubectl replace" + scope + subresource + " -f - " + document(body(request, kind));
      case "patch" ->
          "kubectl patch "
              + object
              + " --type="
              + patchType(request)
              + " --patch="
              + quoted(body(request, kind));
      case "delete" -> "kubectl delete " + object;
      case "deletecollection" ->
          target.isCollection()
              ? "kubectl delete " + kind.resource() + scope + selectors(request)
              : "kubectl delete " + object;
      default -> "";
    };
  }

  private static String selectors(Request request) {
    String selectors =
        SELECTORS.stream()
            .filter(name -> !request.query().text(name).isEmpty())
            .map(
                name ->
                    (name.equals("labelSelector") ? " --selector=" : " --field-selector=")
                        + quoted(request.query().text(name)))
            .collect(Collectors.joining());
    return selectors.isEmpty() ? " --all" : selectors;
  }

  /** A here-document whose end no line of the text can be taken for. */
  private static String document(String text) {
    String end = "EOF";
    while (text.lines().anyMatch(end::equals)) {
      end += "_";
    }
    return "<<'" + end + "'\n" + text + "\n" + end;
  }

  private static String body(Request request, Kind kind) {
    Bytes body = request.api().body();
    if (kind.sealed()) {
      return "(the document is secret)";
    }
    if (body.size() <= BODY_LIMIT) {
      String text = body.utf8().replace("\r\n", "\n");
      if (text.chars().noneMatch(Commands::isControl)) {
        return text.strip();
      }
    }
    return "(" + body.size() + " bytes that are not kept here)";
  }

  /** Control characters can make a terminal show something else than is there. */
  private static boolean isControl(int character) {
    return Character.isISOControl(character) && character != '\n' && character != '\t';
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
