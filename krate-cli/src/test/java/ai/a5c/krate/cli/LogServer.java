package ai.a5c.krate.cli;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Readout;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.runner.JobLogs;
import ai.a5c.krate.core.runner.LogReadout;
import ai.a5c.krate.server.GitAnswer;
import ai.a5c.krate.server.KrateServer;
import ai.a5c.krate.server.Limits;
import ai.a5c.krate.server.ServerSettings;
import ai.a5c.krate.server.TlsIdentity;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A server of pipelines and jobs by TLS and HTTP, on a data folder and a store in memory, whose
 * jobs a test makes, lets print and ends.
 */
final class LogServer implements AutoCloseable {
  static final String NAMESPACE = "krate-org-acme";
  private static final Subject ADMIN = Subject.of("krate:admin", Subject.MASTERS);
  private static final String TIME = "2026-11-01T10:00:00Z";

  private final DataFolder folder;
  private final Pki pki;
  private FakeStorage storage =
      new FakeStorage(Set.of(ForgeKinds.JOB.group()), InstantSource.system());
  private ApiServer api;
  private KrateServer http;

  LogServer(Path root) {
    this.folder = DataFolder.open(root);
    this.pki = Pki.open(folder, Set.of("127.0.0.1"), InstantSource.system(), new SecureRandom());
    this.api = api();
    this.http = http(0);
    pki.writeKubeconfig("https://127.0.0.1:" + http.address().getPort());
    create(
        ForgeKinds.NAMESPACE,
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\""
            + NAMESPACE
            + "\"}}");
  }

  /** Ends the server and starts another one on what it has stored, at the same address. */
  void restart() {
    int port = http.address().getPort();
    http.close();
    api.close();
    FakeStorage next = storage.reopen();
    storage.close();
    storage = next;
    api = api();
    http = http(port);
  }

  private ApiServer api() {
    var objects =
        new Objects(
            storage, LocalKeyService.open(folder.keys().resolve("sealing"), new SecureRandom()));
    List<Registration> registrations = new ArrayList<>();
    for (Kind kind :
        List.of(
            ForgeKinds.NAMESPACE, ForgeKinds.PIPELINE, ForgeKinds.JOB, ForgeKinds.AUDIT_EVENT)) {
      List<Readout> readouts =
          kind.equals(ForgeKinds.JOB)
              ? List.of(new LogReadout(new JobLogs(storage.blobs()), objects))
              : List.of();
      registrations.add(new Registration(kind, new Strategy() {}, List.of(), readouts));
    }
    return new ApiServer(
        new ApiServer.Parts(
            objects,
            registrations,
            List.of(),
            new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, NAMESPACE, UUID::randomUUID),
            Authenticator.transport(),
            Authorizer.inOrder(List.of(Authorizer.masters())),
            List.of(),
            List.of(),
            List.of(),
            new Environment(
                InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random(1))));
  }

  private KrateServer http(int port) {
    Credential shown = pki.serverCredential();
    return KrateServer.start(
        new ServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            new TlsIdentity(shown.key(), List.of(shown.certificate())),
            List.of(pki.authorityCertificate()),
            Limits.STANDARD),
        new KrateServer.Services(
            (subject, remote, request) ->
                api.call(new Caller(subject, remote, request.headers()), request),
            request -> new GitAnswer.NotFound(),
            List.of()),
        InstantSource.system(),
        () -> UUID.randomUUID().toString());
  }

  private Client admin() {
    return api.client(ADMIN);
  }

  private Uid create(Kind kind, String text) {
    return admin()
        .create(kind, new ApiObject(Json.parse(Bytes.utf8(text), 100_000).object()))
        .object()
        .uid();
  }

  void pipeline(String name, String phase) {
    Uid unused =
        create(
            ForgeKinds.PIPELINE,
            "{\"apiVersion\":\"krate.a5c.ai/v1alpha1\",\"kind\":\"Pipeline\",\"metadata\":"
                + "{\"namespace\":\"%s\",\"name\":\"%s\"},".formatted(NAMESPACE, name)
                + "\"spec\":{\"repository\":\"web\",\"ref\":\"refs/heads/main\",\"workflow\":\"ci\"},"
                + "\"status\":{\"phase\":\"%s\"}}".formatted(phase));
  }

  Uid job(String name, String pipeline, String step, int index) {
    return create(
        ForgeKinds.JOB,
        "{\"apiVersion\":\"krate.a5c.ai/v1alpha1\",\"kind\":\"Job\",\"metadata\":"
            + "{\"namespace\":\"%s\",\"name\":\"%s\"},".formatted(NAMESPACE, name)
            + "\"spec\":{\"pipeline\":\"%s\",\"step\":\"%s\",\"index\":%d,\"script\":\"true\"}}"
                .formatted(pipeline, step, index));
  }

  /**
   * Sets what became of the attempts so far.
   *
   * @param results of each, in order; empty for one that runs
   */
  void attempts(String job, String phase, String... results) {
    var attempts = Json.array();
    for (int i = 0; i < results.length; i++) {
      var attempt = Json.object().add("number", i + 1).add("startTime", TIME);
      if (!results[i].isEmpty()) {
        attempt.add("result", results[i]).add("completionTime", TIME);
      }
      attempts.add(attempt);
    }
    var all = attempts.build();
    Written unused =
        admin()
            .updateStatus(
                ForgeKinds.JOB,
                NAMESPACE,
                job,
                old -> old.withText(phase, "status", "phase").with(all, "status", "attempts"));
  }

  void pipelinePhase(String pipeline, String phase) {
    Written unused =
        admin()
            .updateStatus(
                ForgeKinds.PIPELINE,
                NAMESPACE,
                pipeline,
                old -> old.withText(phase, "status", "phase"));
  }

  /** Says of a pipeline or job that it is in a phase, and why. */
  void say(Kind kind, String name, String phase, String why) {
    var condition =
        Json.object()
            .add("type", "Succeeded")
            .add("status", "Unknown")
            .add("lastTransitionTime", TIME)
            .add("reason", phase)
            .add("message", why);
    var all = Json.array().add(condition).build();
    Written unused =
        admin()
            .updateStatus(
                kind,
                NAMESPACE,
                name,
                old -> old.withText(phase, "status", "phase").with(all, "status", "conditions"));
  }

  void print(Uid job, int attempt, byte[] bytes) {
    var logs = new JobLogs(storage.blobs());
    long offset = logs.length(job, attempt);
    if (logs.append(JobLogs.stream(job, attempt), offset, Bytes.copyOf(bytes))
        != offset + bytes.length) {
      throw new IllegalStateException("somebody else prints");
    }
  }

  void print(Uid job, int attempt, String text) {
    print(job, attempt, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    http.close();
    api.close();
    storage.close();
    folder.close();
  }
}
