package ai.a5c.krate.apiserver.authz.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.house.TestKeys;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RbacIndexTest {
  private static final Attributes ASKED =
      new Attributes(Subject.of("ada"), "get", new GroupResource("x", "things"), "", "team", "one");

  private final FakeStorage storage = new FakeStorage(Set.of(), InstantSource.system());
  private final WatchHub hub = new WatchHub(storage.configuration(), 4);
  private final RbacIndex index = new RbacIndex(new Objects(storage, new TestKeys()));

  @AfterEach
  void close() {
    index.close();
    hub.close();
    storage.close();
  }

  private Revision put(Kind kind, String name, String content) {
    String json =
        "{\"metadata\": {\"name\": \"" + name + "\"}, " + content.replace('\'', '"') + "}";
    ApiObject object = new ApiObject(Json.stored(Bytes.utf8(json)));
    CommitOutcome outcome =
        storage
            .configuration()
            .commit(
                new Transaction<>(
                    "test",
                    List.of(
                        new Operation.Put<>(
                            Boundary.Configuration.CONFIGURATION,
                            kind.resource(),
                            kind.namespaced() ? "team" : "",
                            Template.of(name),
                            Expected.absent(),
                            new Document(
                                Template.of(Json.write(object.json())), kind.version(), null)))));
    assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
    return storage.configuration().head();
  }

  private Revision grant(String name) {
    Revision unused =
        put(
            RbacKinds.ROLE,
            name,
            "'rules': [{'verbs': ['get'], 'apiGroups': ['x'], 'resources': ['things']}]");
    return put(
        RbacKinds.ROLE_BINDING,
        name,
        "'subjects': [{'kind': 'User', 'name': 'ada'}], 'roleRef': {'kind': 'Role', 'name': '"
            + name
            + "'}");
  }

  private void isUnavailable() {
    assertThatThrownBy(() -> index.decide(ASKED))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.Unavailable.class));
  }

  @Test
  void beforeTheRolesAreReadNobodyButMastersIsAnswered() {
    Revision unused = grant("r");
    isUnavailable();
    Authorizer all = Authorizer.inOrder(List.of(Authorizer.masters(), index));
    assertThat(
            all.decide(
                new Attributes(
                    Subject.of("root", Subject.MASTERS),
                    "get",
                    ASKED.resource(),
                    "",
                    "team",
                    "one")))
        .isInstanceOf(Decision.Allow.class);
    index.start(hub);
    assertThat(index.decide(ASKED)).isInstanceOf(Decision.Allow.class);
  }

  @Test
  void aStoreThatCannotBeReadAllowsNothing() {
    Revision written = grant("r");
    storage.setUnavailable(true);
    index.start(hub);
    isUnavailable();
    storage.setUnavailable(false);
    index.written(written);
    assertThat(index.decide(ASKED)).isInstanceOf(Decision.Allow.class);
  }

  @Test
  void aWriteIsKnownOnceItWasWaitedFor() {
    index.start(hub);
    for (int i = 0; i < 50; i++) {
      assertThat(index.decide(named("r" + i))).isInstanceOf(Decision.NoOpinion.class);
      index.written(
          put(
              RbacKinds.CLUSTER_ROLE,
              "r" + i,
              "'rules': [{'verbs': ['get'], 'apiGroups': ['x'], 'resources': ['things'],"
                  + " 'resourceNames': ['r"
                  + i
                  + "']}]"));
      index.written(
          put(
              RbacKinds.CLUSTER_ROLE_BINDING,
              "r" + i,
              "'subjects': [{'kind': 'User', 'name': 'ada'}], 'roleRef': {'kind': 'ClusterRole',"
                  + " 'name': 'r"
                  + i
                  + "'}"));
      assertThat(index.decide(named("r" + i))).isInstanceOf(Decision.Allow.class);
    }
  }

  private static Attributes named(String name) {
    return ASKED.asking("get", ASKED.resource(), "", name);
  }

  @Test
  void whatCannotBeReadGivesNothing() {
    Revision unused = put(RbacKinds.ROLE, "r", "'rules': 'everything'");
    unused =
        put(
            RbacKinds.ROLE_BINDING,
            "r",
            "'subjects': [{'kind': 'User', 'name': 'ada'}], 'roleRef': {'kind': 'Role', 'name':"
                + " 'r'}");
    index.start(hub);
    assertThat(index.decide(ASKED)).isInstanceOf(Decision.NoOpinion.class);
  }

  @Test
  void atTheFirstReadingEverythingCountsAsChanged() {
    Revision written = grant("r");
    index.start(hub);
    assertThat(index.changed(Subject.of("nobody"), "team")).isEqualTo(written.value());
    Revision next = grant("s");
    index.written(next);
    assertThat(index.changed(Subject.of("nobody"), "team")).isEqualTo(written.value());
    assertThat(index.changed(Subject.of("ada"), "team")).isEqualTo(next.value());
    assertThat(index.changed(Subject.of("ada"), "other")).isEqualTo(written.value());
  }
}
