package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an organization is told that its jobs use. */
class UsageTest {
  private static final Duration FUSE = Duration.ofSeconds(60);
  private static final Subject ADA = Subject.of("ada", Subject.MASTERS);
  private static final String ACME = "/apis/config.krate.a5c.ai/v1alpha1/organizations/acme";
  private static final String JOBS = "/apis/krate.a5c.ai/v1alpha1/namespaces/team/jobs";

  private final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  private final Krate krate = Krate.builder(storage, NoGit.backend(), new PlainKeys()).build();

  @BeforeEach
  void open() {
    send(
        ADA,
        "POST",
        "/apis/config.krate.a5c.ai/v1alpha1/organizations",
        "{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'Organization',"
            + " 'metadata': {'name': 'acme'}, 'spec': {'displayName': 'A', 'namespace': 'team'}}");
    await().atMost(FUSE).until(() -> acme().contains("NamespaceReady"));
  }

  @AfterEach
  void close() {
    krate.close();
    storage.close();
  }

  private String send(Subject subject, String method, String target, String body) {
    ApiRequest request = ApiRequest.of(method, target, "application/json", body.replace('\'', '"'));
    try (ApiResponse response = krate.endpoint(subject).call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(response.status()).as(text).isLessThan(300);
      return text;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String acme() {
    return send(ADA, "GET", ACME, "");
  }

  @Test
  void itsJobsAreCountedAndWhoHasNoneIsToldOfNone() {
    assertThat(acme()).doesNotContain("usage");

    for (String name : new String[] {"a", "b"}) {
      send(
          Subject.of(JobOwners.PIPELINES),
          "POST",
          JOBS,
          "{'apiVersion': 'krate.a5c.ai/v1alpha1', 'kind': 'Job', 'metadata': {'name': '"
              + name
              + "'}, 'spec': {'pipeline': 'p', 'step': 's', 'index': 0, 'script': 'true',"
              + " 'timeout': '1m'}}");
    }
    await()
        .atMost(FUSE)
        .until(() -> acme().contains("\"usage\":{\"concurrentJobs\":0,\"queuedJobs\":2}"));

    send(ADA, "DELETE", "/api/v1/namespaces/team", "");
    await()
        .atMost(FUSE)
        .until(() -> acme().contains("\"usage\":{\"concurrentJobs\":0,\"queuedJobs\":0}"));
  }
}
