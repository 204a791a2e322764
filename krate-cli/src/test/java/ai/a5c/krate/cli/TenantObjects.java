package ai.a5c.krate.cli;

import ai.a5c.krate.apiserver.kind.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * An object of every kind at every place: of web, of vault and of site, or of the cluster. A kind
 * that is not known here fails.
 */
final class TenantObjects {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PLACE = "@PLACE@";
  private static final Map<String, String> SPECS = new LinkedHashMap<>();

  static {
    SPECS.put("Namespace", "");
    SPECS.put("Secret", "\"data\": {\"key\": \"dmFsdWU=\"}");
    SPECS.put("ConfigMap", "\"data\": {\"key\": \"value\"}");
    SPECS.put("Role", "\"rules\": []");
    SPECS.put("ClusterRole", "\"rules\": []");
    String ref =
        "\"roleRef\": {\"apiGroup\": \"rbac.authorization.k8s.io\", \"kind\": \"ClusterRole\","
            + " \"name\": \"harmless\"}, \"subjects\": []";
    SPECS.put("RoleBinding", ref);
    SPECS.put("ClusterRoleBinding", ref);
    SPECS.put("Organization", "\"spec\": {\"displayName\": \"Another\"}");
    SPECS.put("Repository", "\"spec\": {}");
    SPECS.put(
        "RepositoryPermission",
        "\"spec\": {\"repository\": \"@PLACE@\", \"permission\": \"Read\","
            + " \"subject\": {\"kind\": \"User\", \"name\": \"nobody\"}}");
    SPECS.put(
        "BranchProtection",
        "\"spec\": {\"repositories\": [\"@PLACE@\"], \"branches\": [\"never\"]}");
    SPECS.put(
        "WebhookSubscription",
        "\"spec\": {\"repositories\": [\"@PLACE@\"], \"url\": \"https://hooks.invalid/\","
            + " \"events\": [\"issue.created\"], \"suspended\": true,"
            + " \"secretRefs\": [{\"name\": \"of-@PLACE@\", \"key\": \"key\"}]}");
    SPECS.put("WebhookDelivery", "\"spec\": {\"subscription\": \"of-@PLACE@\", \"test\": true}");
    SPECS.put(
        "PullRequest",
        "\"spec\": {\"repository\": \"@PLACE@\", \"sourceBranch\": \"feature\","
            + " \"targetBranch\": \"main\", \"title\": \"Something to look at\"}");
    SPECS.put(
        "Issue", "\"spec\": {\"repository\": \"@PLACE@\", \"title\": \"Something to talk about\"}");
    SPECS.put("Review", "\"spec\": {\"pullRequest\": \"of-@PLACE@\", \"decision\": \"Comment\"}");
    SPECS.put(
        "Check",
        "\"spec\": {\"repository\": \"@PLACE@\", \"commit\": \""
            + Tenants.COMMIT
            + "\", \"name\": \"build\", \"phase\": \"Succeeded\"}");
    SPECS.put(
        "RunnerPool",
        "\"spec\": {\"trustTier\": \"Trusted\", \"executor\": \"Process\","
            + " \"repositories\": [\"@PLACE@\"]}");
    SPECS.put(
        "Pipeline",
        "\"spec\": {\"repository\": \"@PLACE@\", \"ref\": \"refs/heads/main\","
            + " \"workflow\": \""
            + Tenants.WORKFLOW
            + "\"}");
    SPECS.put(
        "ValidatingAdmissionPolicy",
        "\"spec\": {\"validations\": [{\"expression\": \"true\"}], \"matchConstraints\":"
            + " {\"resourceRules\": [{\"apiGroups\": [\"none\"], \"apiVersions\": [\"v1\"],"
            + " \"operations\": [\"CREATE\"], \"resources\": [\"none\"]}]}}");
    SPECS.put(
        "ValidatingAdmissionPolicyBinding",
        "\"spec\": {\"policyName\": \"none\", \"validationActions\": [\"Audit\"]}");
  }

  private final Tenants tenants;
  private final Map<String, String> names = new LinkedHashMap<>();

  private TenantObjects(Tenants tenants) {
    this.tenants = tenants;
  }

  /** Where there are objects of a kind. */
  static Stream<String> places(Kind kind) {
    return kind.namespaced() ? Stream.of("web", "vault", "site") : Stream.of("cluster");
  }

  /** Creates what is not there yet. */
  static TenantObjects create(Tenants tenants) throws Exception {
    TenantObjects objects = new TenantObjects(tenants);
    for (Kind kind : TenantMatrixIT.kinds().toList()) {
      for (String place : places(kind).toList()) {
        objects.place(kind, place);
      }
    }
    return objects;
  }

  /** The path of the object. */
  String target(Kind kind, String place) {
    String name = names.get(kind.name() + " " + place);
    if (name == null) {
      throw new IllegalStateException("there is no " + kind.name() + " of " + place);
    }
    return collection(kind, place) + "/" + name;
  }

  /** A further object of the kind at the place, if there may be one. */
  Optional<String> fresh(Kind kind, String place) {
    return Optional.ofNullable(SPECS.get(kind.name()))
        .map(spec -> document(kind, place, "further-" + place, spec));
  }

  private void place(Kind kind, String place) throws Exception {
    String spec = SPECS.get(kind.name());
    String name = named(kind, place);
    if (!tenants.admin().get(collection(kind, place) + "/" + name).succeeded()) {
      if (spec == null) {
        names.put(kind.name() + " " + place, madeByTheServer(kind, place));
        return;
      }
      tenants.create(collection(kind, place), document(kind, place, name, spec));
      if (kind.name().equals("WebhookDelivery")) {
        awaitSuspended(collection(kind, place) + "/" + name);
      }
    }
    names.put(kind.name() + " " + place, name);
  }

  /** From then on it stays as it is. */
  private void awaitSuspended(String delivery) throws Exception {
    Waiting.until(
        "the delivery is suspended",
        PATIENCE,
        () -> tenants.admin().get(delivery).text("status", "phase").equals("Suspended"));
  }

  private static String named(Kind kind, String place) {
    return switch (kind.name()) {
      case "Repository" -> place;
      case "Organization" -> "acme";
      case "Namespace" -> Tenants.ACME;
      case "ClusterRole" -> "harmless";
      case "Job" -> "of-" + place + "-0";
      default -> "of-" + place;
    };
  }

  /** The name of an object that nobody can create, once it is there. */
  private String madeByTheServer(Kind kind, String place) throws Exception {
    String wanted = kind.name().equals("Job") ? named(kind, place) : "";
    AtomicReference<String> name = new AtomicReference<>("");
    Waiting.until(
        "there is a " + kind.name() + " of " + place,
        PATIENCE,
        () -> {
          tenants.admin().get(collection(kind, place) + "?limit=500").expect(200).items().stream()
              .map(item -> Api.text(item, "metadata", "name"))
              .filter(found -> wanted.isEmpty() || found.equals(wanted))
              .findFirst()
              .ifPresent(name::set);
          return !name.get().isEmpty();
        });
    return name.get();
  }

  static String collection(Kind kind, String place) {
    String group = kind.group().isEmpty() ? "/api/v1" : "/apis/" + kind.apiVersion();
    String namespace = place.equals("site") ? Tenants.GLOBEX : Tenants.ACME;
    return group + (kind.namespaced() ? "/namespaces/" + namespace : "") + "/" + kind.plural();
  }

  private static String document(Kind kind, String place, String name, String spec) {
    String rest = spec.isEmpty() ? "" : ", " + spec.replace(PLACE, place);
    return "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"metadata\": {\"name\": \"%s\"}%s}"
        .formatted(kind.apiVersion(), kind.name(), name, rest);
  }
}
