package ai.a5c.krate.core.hook;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What can be told to a subscription. */
enum EventType {
  PUSH("push"),
  REF_CREATED("ref.created"),
  REF_DELETED("ref.deleted"),
  REPOSITORY_CREATED("repository.created"),
  REPOSITORY_UPDATED("repository.updated"),
  REPOSITORY_DELETED("repository.deleted"),
  PULLREQUEST_CREATED("pullrequest.created"),
  PULLREQUEST_UPDATED("pullrequest.updated"),
  PULLREQUEST_SYNCHRONIZED("pullrequest.synchronized"),
  PULLREQUEST_REVIEWREQUESTED("pullrequest.reviewrequested"),
  PULLREQUEST_CLOSED("pullrequest.closed"),
  PULLREQUEST_REOPENED("pullrequest.reopened"),
  PULLREQUEST_MERGED("pullrequest.merged"),
  REVIEW_SUBMITTED("review.submitted"),
  REVIEW_DISMISSED("review.dismissed"),
  ISSUE_CREATED("issue.created"),
  ISSUE_UPDATED("issue.updated"),
  ISSUE_CLOSED("issue.closed"),
  ISSUE_REOPENED("issue.reopened"),
  PIPELINE_QUEUED("pipeline.queued"),
  PIPELINE_STARTED("pipeline.started"),
  PIPELINE_COMPLETED("pipeline.completed"),
  JOB_STARTED("job.started"),
  JOB_COMPLETED("job.completed"),
  HOOK_TEST("hook.test");

  private final String wireName;

  EventType(String wireName) {
    this.wireName = wireName;
  }

  /** As bodies and patterns spell it. */
  String wireName() {
    return wireName;
  }

  /**
   * Whether the pattern is a type, {@code *}, or the types of one object such as {@code issue.*}.
   */
  boolean matches(String pattern) {
    if (pattern.endsWith(".*")) {
      return wireName.startsWith(pattern.substring(0, pattern.length() - 1));
    }
    return pattern.equals("*") || pattern.equals(wireName);
  }

  /** Whether there is a type that the pattern matches. */
  static boolean isKnown(String pattern) {
    return Arrays.stream(values()).anyMatch(type -> type.matches(pattern));
  }

  /** Every pattern that makes sense, for a person to choose from. */
  static List<String> patterns() {
    Stream<String> groups =
        Arrays.stream(values())
            .map(type -> type.wireName)
            .filter(name -> name.contains("."))
            .map(name -> name.substring(0, name.indexOf('.')) + ".*")
            .distinct();
    Stream<String> types = Arrays.stream(values()).map(type -> type.wireName);
    return Stream.concat(Stream.concat(Stream.of("*"), groups), types).toList();
  }
}
