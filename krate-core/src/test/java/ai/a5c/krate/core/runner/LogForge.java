package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonArrayBuilder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A server of jobs alone, which a test makes, begins and ends as the scheduler does. */
final class LogForge implements AutoCloseable {
  static final String NAMESPACE = "team";
  static final String JOBS = "/apis/krate.a5c.ai/v1alpha1/namespaces/" + NAMESPACE + "/jobs";
  private static final Subject ADMIN = Subject.of("admin", Subject.MASTERS);
  private static final String TIME = "2026-11-01T10:00:00Z";

  final FakeStorage storage;
  final JobLogs logs;
  private final ApiServer server;
  private final Client admin;

  LogForge() {
    this(new FakeStorage(Set.of(ForgeKinds.JOB.group()), InstantSource.system()));
    Written unused =
        admin.create(
            ForgeKinds.NAMESPACE,
            new ApiObject(
                Json.parse(
                        Bytes.utf8(
                            "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\""
                                + NAMESPACE
                                + "\"}}"),
                        1_000)
                    .object()));
  }

  private LogForge(FakeStorage storage) {
    this.storage = storage;
    this.logs = new JobLogs(storage.blobs());
    Objects objects = new Objects(storage, new PlainKeys());
    this.server =
        new ApiServer(
            new ApiServer.Parts(
                objects,
                List.of(
                    new Registration(ForgeKinds.NAMESPACE, new Strategy() {}, List.of()),
                    new Registration(
                        ForgeKinds.JOB,
                        new Strategy() {},
                        List.of(),
                        List.of(new LogReadout(logs, objects))),
                    new Registration(ForgeKinds.AUDIT_EVENT, new Strategy() {}, List.of())),
                List.of(),
                new AuditTrail(ForgeKinds.AUDIT_EVENT, objects, NAMESPACE, UUID::randomUUID),
                Authenticator.transport(),
                Authorizer.inOrder(List.of(Authorizer.masters())),
                List.of(),
                List.of(),
                List.of(),
                new Environment(
                    InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random(1))));
    this.admin = server.client(ADMIN);
  }

  /** What the next process finds; this one has ended. */
  LogForge restarted() {
    LogForge next = new LogForge(storage.reopen());
    close();
    return next;
  }

  ApiEndpoint endpoint() {
    return server.endpoint(ADMIN);
  }

  /** A job that was not begun. */
  Uid job(String name) {
    return admin
        .create(
            ForgeKinds.JOB,
            new ApiObject(
                Json.parse(
                        Bytes.utf8(
                            "{\"apiVersion\":\"krate.a5c.ai/v1alpha1\",\"kind\":\"Job\","
                                + "\"metadata\":{\"namespace\":\"team\",\"name\":\""
                                + name
                                + "\"},\"spec\":{\"pipeline\":\"web-1\",\"step\":\"test\","
                                + "\"script\":\"true\"}}"),
                        10_000)
                    .object()))
        .object()
        .uid();
  }

  /**
   * Sets what became of the attempts so far.
   *
   * @param results of each, in order; null for one that runs
   */
  void attempts(String name, Job.Phase phase, @Nullable String... results) {
    JsonArrayBuilder attempts = Json.array();
    for (int i = 0; i < results.length; i++) {
      var attempt = Json.object().add("number", i + 1).add("startTime", TIME);
      if (results[i] != null) {
        attempt.add("result", results[i]).add("completionTime", TIME);
      }
      attempts.add(attempt);
    }
    String wire = phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
    var all = attempts.build();
    Written unused =
        admin.updateStatus(
            ForgeKinds.JOB,
            NAMESPACE,
            name,
            job -> job.withText(wire, "status", "phase").with(all, "status", "attempts"));
  }

  void delete(String name) {
    Written unused = admin.delete(ForgeKinds.JOB, get(name).orElseThrow());
  }

  Optional<ApiObject> get(String name) {
    return admin.get(ForgeKinds.JOB, NAMESPACE, name);
  }

  /** Lets a job wait for its log to be forgotten before it goes. */
  void keep(String name) {
    Written unused =
        admin.update(ForgeKinds.JOB, NAMESPACE, name, job -> job.withFinalizer(Marks.FINALIZER));
  }

  LogCollector collector() {
    return new LogCollector(admin, server.objects(), logs);
  }

  /** Prints at the end of the log of an attempt. */
  void print(Uid job, int attempt, byte[] bytes) {
    long offset = logs.length(job, attempt);
    long length = logs.append(JobLogs.stream(job, attempt), offset, Bytes.copyOf(bytes));
    if (length != offset + bytes.length) {
      throw new IllegalStateException("somebody else prints");
    }
  }

  void print(Uid job, int attempt, String text) {
    print(job, attempt, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.close();
    storage.close();
  }
}
