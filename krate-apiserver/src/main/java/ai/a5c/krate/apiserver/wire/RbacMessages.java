package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Protobuf.listOf;
import static ai.a5c.krate.apiserver.wire.Protobuf.message;
import static ai.a5c.krate.apiserver.wire.Protobuf.nested;
import static ai.a5c.krate.apiserver.wire.Protobuf.object;

import java.util.Map;

/** The messages of roles, bindings and access reviews. */
final class RbacMessages {
  private static final ProtoMessage.Type TEXT = new ProtoMessage.Text();
  private static final ProtoMessage.Type BOOL = new ProtoMessage.Bool();
  private static final ProtoMessage.Type TEXTS = new ProtoMessage.Repeated(TEXT);
  private static final ProtoMessage.Type TEXT_MAP = new ProtoMessage.Entries(TEXT);

  private RbacMessages() {}

  /** By apiVersion and kind. */
  static Map<String, ProtoMessage> kinds() {
    String rbac = "rbac.authorization.k8s.io/v1 ";
    String reviews = "authorization.k8s.io/v1 ";
    return Map.of(
        rbac + "Role", role().build(),
        rbac + "ClusterRole", role().field(3, "aggregationRule", nested(aggregation())).build(),
        rbac + "RoleBinding", binding(),
        rbac + "ClusterRoleBinding", binding(),
        reviews + "SelfSubjectAccessReview", review(attributes().build(), access()),
        reviews + "SubjectAccessReview", review(subjectSpec(), access()),
        reviews + "LocalSubjectAccessReview", review(subjectSpec(), access()),
        reviews + "SelfSubjectRulesReview",
            review(message().field(1, "namespace", TEXT).build(), rules()));
  }

  private static ProtoMessage.Builder role() {
    ProtoMessage rule =
        message()
            .field(1, "verbs", TEXTS)
            .field(2, "apiGroups", TEXTS)
            .field(3, "resources", TEXTS)
            .field(4, "resourceNames", TEXTS)
            .field(5, "nonResourceURLs", TEXTS)
            .build();
    return object().field(2, "rules", listOf(rule));
  }

  private static ProtoMessage aggregation() {
    ProtoMessage selector =
        message()
            .field(1, "matchLabels", TEXT_MAP)
            .field(2, "matchExpressions", listOf(requirement()))
            .build();
    return message().field(1, "clusterRoleSelectors", listOf(selector)).build();
  }

  private static ProtoMessage requirement() {
    return message()
        .field(1, "key", TEXT)
        .field(2, "operator", TEXT)
        .field(3, "values", TEXTS)
        .build();
  }

  private static ProtoMessage binding() {
    ProtoMessage subject =
        message()
            .field(1, "kind", TEXT)
            .field(2, "apiGroup", TEXT)
            .field(3, "name", TEXT)
            .field(4, "namespace", TEXT)
            .build();
    ProtoMessage reference =
        message().field(1, "apiGroup", TEXT).field(2, "kind", TEXT).field(3, "name", TEXT).build();
    return object()
        .field(2, "subjects", listOf(subject))
        .field(3, "roleRef", nested(reference))
        .build();
  }

  private static ProtoMessage review(ProtoMessage spec, ProtoMessage status) {
    return object().field(2, "spec", nested(spec)).field(3, "status", nested(status)).build();
  }

  private static ProtoMessage.Builder attributes() {
    ProtoMessage selector =
        message()
            .field(1, "rawSelector", TEXT)
            .field(2, "requirements", listOf(requirement()))
            .build();
    ProtoMessage resource =
        message()
            .field(1, "namespace", TEXT)
            .field(2, "verb", TEXT)
            .field(3, "group", TEXT)
            .field(4, "version", TEXT)
            .field(5, "resource", TEXT)
            .field(6, "subresource", TEXT)
            .field(7, "name", TEXT)
            .field(8, "fieldSelector", nested(selector))
            .field(9, "labelSelector", nested(selector))
            .build();
    ProtoMessage path = message().field(1, "path", TEXT).field(2, "verb", TEXT).build();
    return message()
        .field(1, "resourceAttributes", nested(resource))
        .field(2, "nonResourceAttributes", nested(path));
  }

  private static ProtoMessage subjectSpec() {
    return attributes()
        .field(3, "user", TEXT)
        .field(4, "groups", TEXTS)
        .field(5, "extra", new ProtoMessage.Entries(new ProtoMessage.Texts()))
        .field(6, "uid", TEXT)
        .build();
  }

  private static ProtoMessage access() {
    return message()
        .field(1, "allowed", BOOL)
        .field(2, "reason", TEXT)
        .field(3, "evaluationError", TEXT)
        .field(4, "denied", BOOL)
        .build();
  }

  private static ProtoMessage rules() {
    ProtoMessage resource =
        message()
            .field(1, "verbs", TEXTS)
            .field(2, "apiGroups", TEXTS)
            .field(3, "resources", TEXTS)
            .field(4, "resourceNames", TEXTS)
            .build();
    ProtoMessage path =
        message().field(1, "verbs", TEXTS).field(2, "nonResourceURLs", TEXTS).build();
    return message()
        .field(1, "resourceRules", listOf(resource))
        .field(2, "nonResourceRules", listOf(path))
        .field(3, "incomplete", BOOL)
        .field(4, "evaluationError", TEXT)
        .build();
  }
}
