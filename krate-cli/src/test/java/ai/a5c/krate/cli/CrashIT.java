package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.git.GitSettings;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseProvider;
import ai.a5c.krate.storage.postgres.DatabaseAddress;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import ai.a5c.krate.storage.postgres.StorageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server, PostgreSQL or both are killed while clients write, at named places and at random
 * moments: what was answered is there afterwards, and nothing that was refused; and webhooks go on,
 * in order and at least once each.
 */
class CrashIT {
  private static final long SEED = 20_261_121;
  private static final List<String> PLACES =
      List.of("store/before-commit", "store/after-commit", "git/after-fsync");
  private static final int RANDOM_KILLS = Integer.getInteger("krate.kills", 30);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path temporary;

  private final Random random = new Random(SEED);
  private final Ledger ledger = new Ledger();
  private @Nullable ServerProcess server;
  private @Nullable WebhookReceiver receiver;
  private final Set<String> haltedAt = new TreeSet<>();
  private int round;
  private int verified;

  /** Who is killed. */
  private enum Victim {
    SERVER,
    DATABASE,
    BOTH
  }

  private Path data() {
    return temporary.resolve("data");
  }

  private Forge forge(ServerProcess running) {
    return new Forge(running, new GitClient(temporary.resolve("clone"), data()), "acme", "web");
  }

  private Clients clients(Forge forge) {
    return new Clients(forge, ledger, "r" + round++, temporary);
  }

  @Test
  void whatWasAnsweredSurvivesEveryCrash() throws Exception {
    try {
      prepare();
      for (String place : PLACES) {
        haltAt(place + "@" + (4 + random.nextInt(6)));
        haltAt(place + "@" + (15 + random.nextInt(15)));
      }
      assertThat(haltedAt).containsExactlyInAnyOrderElementsOf(PLACES);
      for (int i = 0; i < RANDOM_KILLS; i++) {
        kill(Victim.values()[i % 3]);
      }
      System.out.println(ledger);
      finish();
    } finally {
      if (receiver != null) {
        receiver.close();
      }
      if (server != null) {
        server.close();
      }
    }
  }

  private void prepare() throws Exception {
    server = ServerProcess.start(data());
    Forge forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    for (String name : List.of("pusher", "merger")) {
      forge.git().run("clone", "-q", forge.url(), temporary.resolve(name).toString());
    }
    receiver = new WebhookReceiver();
    receiver.subscribe(forge);
    // A change that topics which touch the same file conflict with.
    forge.git().commit("README", "Welcome.\n");
    forge.git().run("push", "-q", forge.url(), "main");
    rules(forge);
  }

  /** What pushes, merges and creations are held to all the while. */
  private void rules(Forge forge) throws Exception {
    Api api = forge.server().api();
    api.create(
            Api.config(forge.namespace(), "branchprotections"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"BranchProtection",
             "metadata":{"name":"main"},
             "spec":{"repositories":["web"],"branches":["main"],"requiredApprovals":0}}""")
        .expect(201);
    String policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    api.create(
            policies,
            """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy",
             "metadata":{"name":"titles"},
             "spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["krate.a5c.ai"],
             "apiVersions":["*"],"operations":["CREATE","UPDATE"],
             "resources":["pullrequests","issues"]}]},
             "validations":[{"expression":"object.spec.title.size() >= 1"}]}}""")
        .expect(201);
    api.create(
            policies.replace("policies", "policybindings"),
            """
            {"apiVersion":"admissionregistration.k8s.io/v1",
             "kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"titles"},
             "spec":{"policyName":"titles","validationActions":["Deny"]}}""")
        .expect(201);
  }

  /** One life of the server that ends at a fail point. */
  private void haltAt(String failPoint) throws Exception {
    ServerProcess running = server();
    running.stop();
    running.close();
    ServerProcess doomed = startOnce(failPoint);
    if (doomed != null) {
      Clients clients = clients(forge(doomed));
      try {
        doomed.awaitHalt();
        haltedAt.add(failPoint.replaceFirst("@.*", ""));
      } finally {
        clients.close();
        doomed.close();
      }
    }
    restart();
  }

  /** Empty if the fail point came before the server was ready. */
  private @Nullable ServerProcess startOnce(String failPoint) throws Exception {
    try {
      return ServerProcess.start(data(), failPoint);
    } catch (IllegalStateException | AssertionError e) {
      return null;
    }
  }

  private void kill(Victim victim) throws Exception {
    ServerProcess running = server();
    int enough = ledger.acknowledged.get() + 5 + random.nextInt(60);
    Clients clients = clients(forge(running));
    try {
      Waiting.until("clients write", PATIENCE, () -> ledger.acknowledged.get() >= enough);
      LockSupport.parkNanos(random.nextInt(20_000_000));
      if (victim != Victim.SERVER) {
        running.killDatabase();
      }
      if (victim != Victim.DATABASE) {
        running.kill();
      } else {
        int more = ledger.acknowledged.get() + 10;
        Waiting.until("clients write again", PATIENCE, () -> ledger.acknowledged.get() >= more);
      }
    } finally {
      clients.close();
    }
    if (victim == Victim.DATABASE) {
      running.awaitReady();
      verify(running);
    } else {
      restart();
    }
  }

  /** Starts again on what a killed server left, its PostgreSQL included, and compares. */
  private void restart() throws Exception {
    ServerProcess running = ServerProcess.start(data());
    server = running;
    assertThat(ServerProcess.postmaster(data())).isPresent();
    verify(running);
  }

  private void verify(ServerProcess running) {
    Verification.verify(forge(running), ledger);
    arrivals().deliveriesGoOn(forge(running), "verified-" + verified++);
  }

  private ArrivalsCheck arrivals() {
    if (receiver == null) {
      throw new IllegalStateException("there is no receiver yet");
    }
    return new ArrivalsCheck(receiver, ledger);
  }

  private ServerProcess server() {
    if (server == null) {
      throw new IllegalStateException("there is no server yet");
    }
    return server;
  }

  private void finish() throws Exception {
    ServerProcess running = server();
    AuditChain chain = AuditChain.read(running.api());
    chain.verify();
    System.out.println("audited: " + chain.countByVerb());
    arrivals().verify(forge(running));
    System.out.println("webhooks: " + arrivals());
    String uid =
        running
            .api()
            .get(Api.config("krate-org-acme", "repositories") + "/web")
            .text("metadata", "uid");
    running.stop();
    assertThat(ServerProcess.databaseProcesses(data())).isEmpty();
    export(Uid.of(uid));
    var exported = new GitClient(temporary.resolve("exported"), data());
    GitClient.Ended fsck = exported.attempt("fsck", "--strict", "--no-dangling");
    assertThat(fsck.code()).as(fsck.out() + fsck.err()).isZero();
    assertThat(fsck.err() + fsck.out()).doesNotContain("error", "missing", "broken");
  }

  /** A plain view of the repository, as a backup has it. */
  private void export(Uid repository) {
    DatabaseProvider provider =
        ServiceLoader.load(DatabaseProvider.class).findFirst().orElseThrow();
    try (Database database = provider.start(data().resolve("database"));
        PostgresStorage storage =
            PostgresStorage.open(
                new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 4),
                StorageSettings.of(Set.copyOf(Krate.recordGroups())),
                InstantSource.system());
        var git =
            new JGitBackend(
                data().resolve("repositories"), storage.records(), GitSettings.defaults())) {
      git.export(repository, RefName.ofBranch("main").orElseThrow(), temporary.resolve("exported"));
    }
  }
}
