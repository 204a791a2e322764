package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.spi.storage.ChangeFeed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of a BranchProtection bears on. */
final class ConcernTest {
  private PushForge forge;
  private Protections protections;

  @BeforeEach
  void open() {
    forge = new PushForge();
    protections = new Protections(forge.objects);
  }

  @AfterEach
  void close() {
    forge.close();
  }

  /** The concerns of the changes since. */
  private List<Protections.Concern> since(Revision revision) throws InterruptedException {
    List<Protections.Concern> concerns = new ArrayList<>();
    Revision head = forge.storage.configuration().head();
    try (ChangeFeed feed = forge.storage.configuration().changes(revision)) {
      ChangeFeed.Batch batch;
      do {
        batch = feed.next();
        batch.changes().forEach(change -> protections.concern(change).ifPresent(concerns::add));
      } while (head.isAfter(batch.upTo()));
    }
    return concerns;
  }

  @Test
  void itIsWhatWasMatchedBeforeAndWhatIsNow() throws InterruptedException {
    Revision before = forge.storage.configuration().head();
    forge.protect("rule", "'branches': ['main'], 'repositories': ['web']");
    Protections.Concern created = since(before).getLast();
    assertThat(created.namespace()).isEqualTo(PushForge.NAMESPACE);
    assertThat(created.isAbout("web", "main")).isTrue();
    assertThat(created.isAbout("web", "topic")).isFalse();
    assertThat(created.isAbout("api", "main")).isFalse();

    Revision written = forge.storage.configuration().head();
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "rule",
            "{'spec': {'branches': ['release/*'], 'repositories': ['api']}}")
        .is(200);
    Protections.Concern updated = since(written).getLast();
    assertThat(updated.isAbout("web", "main")).isTrue();
    assertThat(updated.isAbout("api", "release/1")).isTrue();
    assertThat(updated.isAbout("web", "release/1")).isFalse();

    Revision last = forge.storage.configuration().head();
    forge.unprotect("rule");
    Protections.Concern deleted = since(last).getLast();
    assertThat(deleted.isAbout("api", "release/1")).isTrue();
    assertThat(deleted.isAbout("web", "main")).isFalse();
  }

  @Test
  void otherChangesConcernNoBranch() throws InterruptedException {
    Revision before = forge.storage.configuration().head();
    forge.create(ROOT, ForgeKinds.REPOSITORY, "'name': 'other'", "").is(201);
    assertThat(since(before)).isEmpty();
  }
}
