package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.FAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Repositories;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A forge in which repositories are forked. */
final class ForkForge extends ReviewForge {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  Answer fork(Subject subject, String name, String parent, String more) {
    return create(
        subject,
        ForgeKinds.REPOSITORY,
        "'name': '" + name + "'",
        "'forkOf': '" + parent + "'" + more);
  }

  /** A fork of web that has what it begins with. */
  Uid forked() {
    return arrived(fork(FAY, "fork", "web", "").is(201).body());
  }

  Uid arrived(ApiObject fork) {
    await().atMost(PATIENCE).until(() -> !new Repositories(objects).awaitsCopy(fork));
    return fork.uid();
  }

  Map<String, String> refs(Uid repository) {
    Map<String, String> refs = new TreeMap<>();
    storage
        .records()
        .refs(repository, "", null, 1_000)
        .refs()
        .forEach((ref, at) -> refs.put(ref.value(), at.hex()));
    return refs;
  }

  ObjectId advance(Subject subject, Uid fork, String branch) {
    ObjectId next = graph.commit(graph.at(fork, branch).orElse(first));
    assertThat(pushTo(subject, "fork", branch, next)).isEqualTo("ok");
    return next;
  }

  Answer open(Subject author, String source, String branch, String more) {
    return create(
        author,
        ForgeKinds.PULL_REQUEST,
        "'generateName': 'web-'",
        "'repository': 'web', 'sourceRepository': '%s', 'sourceBranch': '%s', 'title': 'A change'%s"
            .formatted(source, branch, more));
  }

  /** A pull request of a new branch of the fork. */
  String opened(Subject author, Uid fork, String branch) {
    ObjectId head = advance(author, fork, branch);
    String pull = open(author, "fork", branch, "").is(201).body().name();
    assertThat(head(pull)).isEqualTo(head);
    return pull;
  }

  void awaitHead(String pull, ObjectId head) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(head(pull)).isEqualTo(head);
              assertThat(refs(web)).containsEntry("refs/pull/1/head", head.hex());
              assertThat(graph.copied(web)).contains(head);
            });
  }
}
