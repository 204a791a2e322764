package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.MemoryForge;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an organization is told that its jobs use. */
class UsageTest {
  private static final Duration FUSE = Duration.ofSeconds(60);

  private static final class Acme extends MemoryForge {
    Acme() {
      super(asked -> false, "web");
    }

    String usage() {
      return objects
          .get(ForgeKinds.ORGANIZATION, "", "acme")
          .flatMap(acme -> acme.at("status", "usage"))
          .map(Object::toString)
          .orElse("");
    }
  }

  @Test
  void itsJobsAreCountedAndWhoNeverHadOneIsToldNothing() {
    try (var acme = new Acme()) {
      assertThat(acme.usage()).isEmpty();

      String spec = "'pipeline': 'p', 'step': 's', 'index': 0, 'script': 'true', 'timeout': '1m'";
      for (String name : new String[] {"a", "b"}) {
        Subject server = Subject.of(JobOwners.PIPELINES);
        acme.create(server, ForgeKinds.JOB, "'name': '" + name + "'", spec).is(201);
      }
      await().atMost(FUSE).until(acme::usage, "{\"concurrentJobs\":0,\"queuedJobs\":2}"::equals);

      acme.call(MemoryForge.ROOT, "DELETE", "/api/v1/namespaces/team", "").is(200);
      await().atMost(FUSE).until(acme::usage, "{\"concurrentJobs\":0,\"queuedJobs\":0}"::equals);
    }
  }
}
