package ai.a5c.krate.core.review;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import jakarta.json.JsonValue;
import java.util.List;

/**
 * What the records of this room have in common: an author and a repository; pull requests and
 * issues also a number that they share.
 */
final class Records {
  private Records() {}

  /** A new record with its author and its repository's label. */
  static ApiObject opened(WriteContext context, ApiObject object) {
    Subject subject = context.subject();
    return labelled(object)
        .with(
            Json.object()
                .add("name", subject.name())
                .add("uid", subject.uid())
                .add("issuer", subject.issuer())
                .build(),
            "status",
            "author");
  }

  /** The record with its repository's label, whatever the client made of it. */
  static ApiObject labelled(ApiObject object) {
    String repository = object.text("spec", "repository");
    return repository.isEmpty() ? object : object.withLabel(Marks.REPOSITORY, repository);
  }

  static JsonValue truth(boolean value) {
    return value ? JsonValue.TRUE : JsonValue.FALSE;
  }

  /** Whether the record is the subject's own: the same name, vouched for by the same. */
  static boolean isAuthor(Subject subject, ApiObject record) {
    return record.text("status", "author", "name").equals(subject.name())
        && record.text("status", "author", "issuer").equals(subject.issuer());
  }

  /** One sequence of numbers for a repository's name, which deletion does not begin anew. */
  static String counter(String namespace, String repository) {
    return "number/" + namespace + "/" + repository;
  }

  /** A name made of the repository and a number is given by the server alone. */
  static List<FieldError> reservedName(ApiObject object) {
    String prefix = object.text("spec", "repository") + "-";
    String name = object.name();
    boolean numbered =
        name.startsWith(prefix)
            && name.length() > prefix.length()
            && name.substring(prefix.length()).chars().allMatch(c -> c >= '0' && c <= '9');
    return numbered
        ? List.of(
            FieldError.invalid(
                "metadata.name",
                name,
                "such names are given by the server; send generateName: " + prefix))
        : List.of();
  }

  /** Who may do something with a record may do it in its repository, which never changes. */
  static Scope scope() {
    return Scope.of(ForgeKinds.REPOSITORY.resource(), "spec", "repository");
  }
}
