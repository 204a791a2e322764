package ai.a5c.krate.core.access;

import static ai.a5c.krate.core.access.AccessHouse.ADMIN;
import static ai.a5c.krate.core.access.AccessHouse.bindings;
import static ai.a5c.krate.core.access.AccessHouse.roles;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** Whatever people write into roles and bindings, together they never gain a right. */
class NoGainTest {
  private static final List<Subject> PEOPLE =
      List.of(Subject.of("ada", "dev"), Subject.of("bob"), Subject.of("eve", "dev"));
  private static final List<String> NAMESPACES = List.of("", "a", "b");
  private static final String WRITE_ROLES =
      "{'verbs': ['create', 'update', 'patch', 'delete'], 'apiGroups':"
          + " ['rbac.authorization.k8s.io'], 'resources': ['*']}";

  /** Rights beside those to write roles and bindings. */
  private static final List<String> RULES =
      List.of(
          rule("'get'", "'x'", "'p'", ""),
          rule("'get', 'put'", "'x'", "'p', 'p/s'", ""),
          rule("'*'", "'x'", "'p'", ""),
          rule("'get'", "'*'", "'p'", "'n'"),
          rule("'get'", "'x'", "'*/s'", ""),
          rule("'put'", "'x'", "'*'", "'n', 'm'"),
          rule("'*'", "'*'", "'*'", ""),
          "{'verbs': ['get'], 'nonResourceURLs': ['/x/*']}",
          "{'verbs': ['*'], 'nonResourceURLs': ['*']}");

  private static String rule(String verbs, String groups, String resources, String names) {
    return "{'verbs': ["
        + verbs
        + "], 'apiGroups': ["
        + groups
        + "], 'resources': ["
        + resources
        + "], 'resourceNames': ["
        + names
        + "]}";
  }

  /** Somebody's try to write a role or a binding. */
  record Try(Subject who, String namespace, String name, String method, String body, boolean role) {
    String collection() {
      return role ? roles(namespace) : bindings(namespace);
    }
  }

  @Provide
  Arbitrary<List<Try>> tries() {
    Arbitrary<Subject> who =
        Arbitraries.frequency(
            Tuple.of(3, PEOPLE.get(1)), Tuple.of(3, PEOPLE.get(0)), Tuple.of(1, PEOPLE.get(2)));
    Arbitrary<String> namespace = Arbitraries.of(NAMESPACES);
    Arbitrary<String> method = Arbitraries.of("POST", "POST", "PATCH", "PATCH", "DELETE");
    Arbitrary<String> names = Arbitraries.of("r", "t", "strong", "gathered");
    Arbitrary<String> rules =
        Arbitraries.of(RULES).list().ofMinSize(1).ofMaxSize(2).map(NoGainTest::joined);
    Arbitrary<String> labels = Arbitraries.of("", "", "'to': 'all'");
    Arbitrary<Try> roles =
        Combinators.combine(who, namespace, names, method, rules, labels)
            .as((w, ns, n, m, r, l) -> new Try(w, ns, n, m, role(ns, n, m, r, l), true));
    Arbitrary<Try> bindings =
        Combinators.combine(
                who,
                namespace,
                Arbitraries.of("k", "l", "strong"),
                method,
                Arbitraries.of("Role", "ClusterRole"),
                Arbitraries.of("r", "t", "strong", "gathered", "cluster-admin"),
                Arbitraries.of(
                    "{'kind': 'User', 'name': 'ada'}",
                    "{'kind': 'User', 'name': 'bob'}",
                    "{'kind': 'Group', 'name': 'dev'}"))
            .as(
                (w, ns, n, m, kind, role, subject) ->
                    new Try(w, ns, n, m, binding(ns, n, m, kind, role, subject), false));
    return Arbitraries.oneOf(roles, bindings).list().ofMinSize(20).ofMaxSize(40);
  }

  private static String joined(List<String> rules) {
    return String.join(", ", rules);
  }

  private static String role(
      String namespace, String name, String method, String rules, String labels) {
    String metadata = "'metadata': {'name': '" + name + "', 'labels': {" + labels + "}}";
    return switch (method) {
      // A change of labels alone may let a role be gathered into another.
      case "PATCH" -> labels.isEmpty() ? "{'rules': [" + rules + "]}" : "{" + metadata + "}";
      case "POST" ->
          "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': '"
              + (namespace.isEmpty() ? "ClusterRole" : "Role")
              + "', "
              + metadata
              + ", 'rules': ["
              + rules
              + "]}";
      default -> "";
    };
  }

  private static String binding(
      String namespace, String name, String method, String kind, String role, String subject) {
    return switch (method) {
      case "PATCH" -> "{'subjects': [" + subject + "]}";
      case "POST" ->
          AccessHouse.binding(namespace, name, kind + "/" + role, "x")
              .replace("{'kind': 'User', 'name': 'x'}", subject);
      default -> "";
    };
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void nobodyGainsARightThatNobodyHeld(@ForAll("tries") List<Try> tries) {
    try (AccessHouse house = new AccessHouse()) {
      house.namespace("a");
      house.namespace("b");
      house.grant("a", "writer", "ada", WRITE_ROLES + ", " + RULES.get(1));
      house.grant("", "writer", "bob", WRITE_ROLES + ", " + RULES.get(3));
      house.must(ADMIN, roles("a"), AccessHouse.role("a", "strong", RULES.get(6)));
      house.must(
          ADMIN, roles(""), AccessHouse.role("", "strong", RULES.get(6) + ", " + RULES.get(8)));
      house.must(ADMIN, bindings("a"), AccessHouse.binding("a", "strong", "Role/strong", "root"));
      house.must(
          ADMIN,
          roles(""),
          AccessHouse.role("", "gathered", "")
              .replace(
                  "'rules'",
                  "'aggregationRule': {'clusterRoleSelectors': [{'matchLabels': {'to': 'all'}}]},"
                      + " 'rules'"));
      house.must(
          ADMIN,
          bindings("a"),
          AccessHouse.binding("a", "gathered", "ClusterRole/gathered", "eve"));
      Set<String> before = rights(house);
      int done = 0;
      for (Try attempt : tries) {
        String target =
            attempt.method().equals("POST")
                ? attempt.collection()
                : attempt.collection() + "/" + attempt.name();
        int status = house.send(attempt.who(), attempt.method(), target, attempt.body()).status();
        assertThat(status).isLessThan(500);
        done += status < 300 ? 1 : 0;
      }
      house.gather();
      Statistics.collect(done > 0);
      Statistics.coverage(some -> some.check(true).percentage(p -> p > 20));
      assertThat(before).containsAll(rights(house));
    }
  }

  /** What somebody of the people may do. */
  private static Set<String> rights(AccessHouse house) {
    Set<String> rights = new HashSet<>();
    for (Subject person : PEOPLE) {
      for (Attributes asked : questions(person)) {
        if (house.index.decide(asked) instanceof Decision.Allow) {
          rights.add(
              new Attributes(
                      PEOPLE.getFirst(),
                      asked.verb(),
                      asked.resource(),
                      asked.subresource(),
                      asked.namespace(),
                      asked.name(),
                      asked.path())
                  .toString());
        }
      }
    }
    return rights;
  }

  private static List<Attributes> questions(Subject person) {
    List<Attributes> questions = new ArrayList<>();
    for (String namespace : NAMESPACES) {
      for (String verb : List.of("get", "put", "see", "escalate", "bind")) {
        for (String group : List.of("x", "y", "rbac.authorization.k8s.io")) {
          for (String resource : List.of("p", "q", "roles")) {
            for (String sub : List.of("", "s", "t")) {
              for (String name : List.of("", "n", "m", "o")) {
                questions.add(
                    new Attributes(
                        person, verb, new GroupResource(group, resource), sub, namespace, name));
              }
            }
          }
        }
      }
    }
    for (String path : List.of("/x", "/x/y", "/z")) {
      questions.add(Attributes.ofPath(person, "get", path));
      questions.add(Attributes.ofPath(person, "put", path));
    }
    return questions;
  }
}
