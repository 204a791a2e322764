package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.api.rbac.RoleSubject;
import ai.a5c.krate.apiserver.authz.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Small worlds of roles and bindings, in few words so that they often speak of the same. */
final class Worlds {
  static final List<String> NAMESPACES = List.of("", "a", "b");
  static final List<Subject> SUBJECTS =
      List.of(
          new Subject("u", "", "", List.of(), Map.of()),
          new Subject("v", "", "", List.of("g"), Map.of()),
          new Subject("w", "", "", List.of("g", "h"), Map.of()),
          new Subject("system:serviceaccount:a:s", "", "", List.of("h"), Map.of()));

  private static final List<String> VERBS = List.of("get", "put", "*");
  private static final List<String> GROUPS = List.of("", "x", "*");
  private static final List<String> RESOURCES = List.of("p", "q", "p/s", "q/s", "*/s", "*");
  private static final List<String> NAMES = List.of("n", "m", "");
  private static final List<String> PATHS = List.of("/x", "/x/y", "/x/*", "/y", "*");

  /** So many that a rule with them is not laid out. */
  private static final List<String> MANY =
      IntStream.range(0, 3_000).mapToObj(i -> "many-" + i).toList();

  private Worlds() {}

  /** What happens to a role or a binding. */
  sealed interface Change {
    record PutRole(RoleKey key, List<PolicyRule> rules) implements Change {}

    record DropRole(RoleKey key) implements Change {}

    record PutBinding(BindingKey key, RoleRef role, List<RoleSubject> subjects) implements Change {}

    record DropBinding(BindingKey key) implements Change {}
  }

  static Arbitrary<PolicyRule> rules() {
    Arbitrary<PolicyRule> resources =
        Combinators.combine(some(VERBS), some(GROUPS), some(RESOURCES), names())
            .as((v, g, r, n) -> new PolicyRule(v, g, r, n, List.of()));
    Arbitrary<PolicyRule> paths =
        Combinators.combine(some(VERBS), some(PATHS))
            .as((v, p) -> new PolicyRule(v, List.of(), List.of(), List.of(), p));
    return Arbitraries.frequencyOf(Tuple.of(4, resources), Tuple.of(1, paths));
  }

  static Arbitrary<Change> changes() {
    Arbitrary<RoleKey> roles =
        Combinators.combine(Arbitraries.of(NAMESPACES), Arbitraries.of("r", "t")).as(RoleKey::new);
    Arbitrary<BindingKey> bindings =
        Combinators.combine(Arbitraries.of(NAMESPACES), Arbitraries.of("k", "l", "o"))
            .as(BindingKey::new);
    Arbitrary<RoleRef> references =
        Combinators.combine(Arbitraries.of("Role", "ClusterRole"), Arbitraries.of("r", "t"))
            .as((kind, name) -> new RoleRef("rbac.authorization.k8s.io", kind, name));
    Arbitrary<List<RoleSubject>> subjects =
        Arbitraries.of(
                new RoleSubject("User", "", "u", ""),
                new RoleSubject("User", "", "system:serviceaccount:a:s", ""),
                new RoleSubject("Group", "", "g", ""),
                new RoleSubject("Group", "", "h", ""),
                new RoleSubject("ServiceAccount", "", "s", ""),
                new RoleSubject("ServiceAccount", "", "s", "a"))
            .list()
            .ofMaxSize(3);
    return Arbitraries.frequencyOf(
        Tuple.of(
            4, Combinators.combine(roles, rules().list().ofMaxSize(3)).as(Change.PutRole::new)),
        Tuple.of(1, roles.map(Change.DropRole::new)),
        Tuple.of(4, Combinators.combine(bindings, references, subjects).as(Change.PutBinding::new)),
        Tuple.of(1, bindings.map(Change.DropBinding::new)));
  }

  /** Every question there is in these words. */
  static List<Attributes> questions(Subject subject, String namespace) {
    List<Attributes> questions = new ArrayList<>();
    for (String verb : List.of("get", "put", "see")) {
      for (String group : List.of("", "x", "z")) {
        for (String resource : List.of("p", "q")) {
          for (String sub : List.of("", "s", "t")) {
            for (String name : List.of("", "n", "m", "many-7")) {
              GroupResource of = new GroupResource(group, resource);
              questions.add(new Attributes(subject, verb, of, sub, namespace, name));
            }
          }
        }
      }
      for (String path : List.of("/x", "/x/", "/x/y", "/y", "/z")) {
        questions.add(Attributes.ofPath(subject, verb, path));
      }
    }
    return questions;
  }

  private static Arbitrary<List<String>> some(List<String> values) {
    return Arbitraries.of(values).list().ofMinSize(1).ofMaxSize(2);
  }

  private static Arbitrary<List<String>> names() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(List.of())),
        Tuple.of(3, some(NAMES)),
        Tuple.of(1, some(NAMES).map(Worlds::withMany)));
  }

  private static List<String> withMany(List<String> names) {
    List<String> all = new ArrayList<>(names);
    all.addAll(MANY);
    return all;
  }
}
