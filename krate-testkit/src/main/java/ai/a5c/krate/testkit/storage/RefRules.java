package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.OTHER_REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S6: Git refs. */
public interface RefRules {
  Bench bench();

  @Test
  @DisplayName("S6.1 a ref is created, moved and deleted, in its own repository")
  default void s6_1() {
    var main = new RefName("refs/heads/main");
    var sha256 = ObjectId.of("f".repeat(64));

    bench().committed(move(REPOSITORY, "refs/heads/main", null, commitId(1)));
    assertThat(bench().records().ref(REPOSITORY, main)).contains(commitId(1));
    assertThat(bench().records().ref(OTHER_REPOSITORY, main)).isEmpty();

    bench().committed(move(REPOSITORY, "refs/heads/main", commitId(1), sha256));
    assertThat(bench().records().ref(REPOSITORY, main)).contains(sha256);

    bench().committed(move(REPOSITORY, "refs/heads/main", sha256, null));
    assertThat(bench().records().ref(REPOSITORY, main)).isEmpty();
  }

  @Test
  @DisplayName("S6.2 a ref that is not where it was expected stays, and the answer tells where")
  default void s6_2() {
    bench().committed(move(REPOSITORY, "refs/heads/main", null, commitId(1)));

    assertThat(mismatch(move(REPOSITORY, "refs/heads/main", null, commitId(2))))
        .isEqualTo(new Mismatch.RefAt(commitId(1)));
    assertThat(mismatch(move(REPOSITORY, "refs/heads/main", commitId(3), commitId(2))))
        .isEqualTo(new Mismatch.RefAt(commitId(1)));
    assertThat(mismatch(move(REPOSITORY, "refs/heads/main", commitId(3), null)))
        .isEqualTo(new Mismatch.RefAt(commitId(1)));
    assertThat(mismatch(move(REPOSITORY, "refs/heads/new", commitId(3), commitId(2))))
        .isEqualTo(new Mismatch.RefAt(null));
    assertThat(bench().records().ref(REPOSITORY, new RefName("refs/heads/main")))
        .contains(commitId(1));
  }

  @Test
  @DisplayName("S6.3 refs are listed by prefix, page by page, at a revision")
  default void s6_3() {
    for (String name : List.of("heads/b", "heads/a", "heads/a-b", "tags/v1", "heads/é")) {
      bench().committed(move(REPOSITORY, "refs/" + name, null, commitId(1)));
    }
    bench().committed(move(OTHER_REPOSITORY, "refs/heads/c", null, commitId(1)));

    assertThat(names(bench().records().refs(REPOSITORY, "", null, 100)))
        .containsExactly(
            "refs/heads/a", "refs/heads/a-b", "refs/heads/b", "refs/heads/é", "refs/tags/v1");
    RefListing page = bench().records().refs(REPOSITORY, "refs/heads/", null, 2);
    assertThat(names(page)).containsExactly("refs/heads/a", "refs/heads/a-b");
    assertThat(names(bench().records().refs(REPOSITORY, "refs/heads/", page.refs().lastKey(), 9)))
        .containsExactly("refs/heads/b", "refs/heads/é");
    assertThat(names(bench().records().refs(REPOSITORY, "refs/he_ds/", null, 9))).isEmpty();
    assertThat(page.at()).isEqualTo(bench().records().head());
  }

  @Test
  @DisplayName("S6.4 of many who move a ref from one place, exactly one does")
  default void s6_4() throws Exception {
    bench().committed(move(REPOSITORY, "refs/heads/main", null, commitId(1)));

    List<CommitOutcome> outcomes =
        bench()
            .concurrently(
                16,
                writer ->
                    () ->
                        bench()
                            .commit(
                                move(
                                    REPOSITORY,
                                    "refs/heads/main",
                                    commitId(1),
                                    commitId(2 + writer))));

    assertThat(outcomes).filteredOn(CommitOutcome.Committed.class::isInstance).hasSize(1);
  }

  private Mismatch mismatch(Operation<Boundary.Records> operation) {
    return rejected(bench().commit(operation)).why();
  }

  private static List<String> names(RefListing listing) {
    return listing.refs().keySet().stream().map(RefName::value).toList();
  }

  private static Operation<Boundary.Records> move(
      Uid repository, String ref, @Nullable ObjectId old, @Nullable ObjectId target) {
    return new Operation.MoveRef(repository, Template.of(ref), old, target);
  }
}
