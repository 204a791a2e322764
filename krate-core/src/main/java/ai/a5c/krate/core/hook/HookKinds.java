package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;

/** The kinds that this room owns, and those that it reads. */
record HookKinds(
    Kind subscription,
    Kind delivery,
    Kind repository,
    Kind pullRequest,
    Kind review,
    Kind issue,
    Kind pipeline,
    Kind job,
    Kind namespace,
    Kind secret) {
  /**
   * Finds them.
   *
   * @throws IllegalArgumentException if one is not in the catalogue
   */
  static HookKinds of(Kinds kinds) {
    return new HookKinds(
        kind(kinds, WebhookSubscription.class),
        kind(kinds, WebhookDelivery.class),
        kind(kinds, Repository.class),
        kind(kinds, PullRequest.class),
        kind(kinds, Review.class),
        kind(kinds, Issue.class),
        kind(kinds, Pipeline.class),
        kind(kinds, Job.class),
        kind(kinds, Namespace.class),
        kind(kinds, Secret.class));
  }

  private static Kind kind(Kinds kinds, Class<? extends Record> declaration) {
    return kinds
        .declaredBy(declaration)
        .orElseThrow(() -> new IllegalArgumentException("not served: " + declaration.getName()));
  }
}
