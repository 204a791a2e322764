package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.git.ObjectId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is asked of changes to one branch: of all BranchProtections that match it, the strictest of
 * each field, which remembers the objects that it comes from. A further BranchProtection never
 * allows what was refused without it.
 *
 * <p>Pushes, merges and what is said of pull requests beforehand are all judged here, so that they
 * cannot disagree: collect the objections, then ask for the {@link #ruling}.
 *
 * @param branch the name of the branch
 * @param names of the BranchProtections that match, in order; empty if the branch is not protected
 * @param requirePullRequest who wants changes to come by pull request
 * @param requiredApprovals how many people must approve
 * @param requiredChecks every check that one of them wants, by name and source
 * @param dismissStaleReviews who wants approvals to end with what they approved
 * @param requireLinearHistory who wants no merge commits
 * @param requireUpToDate who wants heads to contain the newest commit of the branch
 * @param refuseForcePush who does not allow that commits are taken away
 * @param refuseDeletion who does not allow that the branch is deleted
 * @param pushers who may push directly, by each that restricts it: only those on all of these lists
 *     may
 * @param bypassers who is not bound, by each that matches: only those on all of these lists are not
 */
public record Protection(
    String branch,
    List<String> names,
    Demand requirePullRequest,
    Approvals requiredApprovals,
    List<Check> requiredChecks,
    Demand dismissStaleReviews,
    Demand requireLinearHistory,
    Demand requireUpToDate,
    Demand refuseForcePush,
    Demand refuseDeletion,
    Map<String, Roster> pushers,
    Map<String, Roster> bypassers) {

  public Protection {
    names = List.copyOf(names);
    requiredChecks = List.copyOf(requiredChecks);
    pushers = Collections.unmodifiableMap(new TreeMap<>(pushers));
    bypassers = Collections.unmodifiableMap(new TreeMap<>(bypassers));
  }

  /**
   * Something that is asked, or not.
   *
   * @param by the names of the BranchProtections that ask; empty if none does
   */
  public record Demand(List<String> by) {
    public Demand {
      by = List.copyOf(by);
    }

    public boolean holds() {
      return !by.isEmpty();
    }
  }

  /**
   * How many people must approve.
   *
   * @param by the names of the BranchProtections that ask for so many
   */
  public record Approvals(int count, List<String> by) {
    public Approvals {
      by = List.copyOf(by);
    }
  }

  /**
   * A check that must have succeeded.
   *
   * @param by the names of the BranchProtections that ask for it
   */
  public record Check(String name, BranchProtection.Source source, List<String> by) {
    public Check {
      by = List.copyOf(by);
    }
  }

  /**
   * Why a change is refused.
   *
   * @param reason one word in CamelCase, as a pull request's reasons have it
   * @param by the names of the BranchProtections that object
   * @param detail for a person, without the rule's name
   */
  public record Objection(String reason, List<String> by, String detail) {
    public Objection {
      by = List.copyOf(by);
    }

    /** The rules and the detail, in one line. */
    public String message() {
      return "BranchProtection "
          + by.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "))
          + ": "
          + detail;
    }
  }

  /** Whether somebody may change the branch. */
  public sealed interface Ruling {
    /** Nothing objects. */
    record Allowed() implements Ruling {}

    /**
     * Who changes it is not bound by what objects, which the audit entry must say.
     *
     * @param objections at least one
     */
    record Bypassed(String branch, List<Objection> objections) implements Ruling {
      public Bypassed {
        objections = List.copyOf(objections);
      }

      /** What was bypassed, in one line. */
      public String message() {
        return line(branch, objections);
      }
    }

    /**
     * It must not be changed so.
     *
     * @param objections at least one
     */
    record Refused(String branch, List<Objection> objections) implements Ruling {
      public Refused {
        objections = List.copyOf(objections);
      }

      /** Why, in one line for whoever wanted it. */
      public String message() {
        return line(branch, objections);
      }
    }
  }

  /** Compiles what matches a branch. */
  static Protection of(String branch, List<ProtectionRule> matching) {
    Map<String, Roster> pushers = new TreeMap<>();
    Map<String, Roster> bypassers = new TreeMap<>();
    for (ProtectionRule rule : matching) {
      bypassers.put(rule.name(), rule.bypassers());
      if (rule.restrictsPushes()) {
        pushers.put(rule.name(), rule.pushers());
      }
    }
    return new Protection(
        branch,
        matching.stream().map(ProtectionRule::name).sorted().toList(),
        demand(matching, BranchProtection.Spec::requirePullRequest),
        approvals(matching),
        checks(matching),
        demand(matching, BranchProtection.Spec::dismissStaleReviews),
        demand(matching, BranchProtection.Spec::requireLinearHistory),
        demand(matching, BranchProtection.Spec::requireUpToDate),
        demand(matching, spec -> !spec.allowForcePush()),
        demand(matching, spec -> !spec.allowDeletion()),
        pushers,
        bypassers);
  }

  /** Whether any BranchProtection matches the branch. */
  public boolean isProtected() {
    return !names.isEmpty();
  }

  /** Whether none of the BranchProtections binds the subject. */
  public boolean isBypassedBy(Subject subject) {
    return isProtected() && bypassers.values().stream().allMatch(roster -> roster.has(subject));
  }

  /**
   * What objects to a push that creates or moves the branch.
   *
   * @param forced whether commits would be lost from it
   * @param mergeCommit a merge commit among those that the push brings onto the branch; asked only
   *     if it matters
   */
  public List<Objection> objectionsToPush(
      Subject subject, boolean forced, Supplier<Optional<ObjectId>> mergeCommit) {
    List<Objection> objections = new ArrayList<>(objectionsToPusher(subject, true));
    if (forced && refuseForcePush.holds()) {
      objections.add(
          new Objection(
              "ForcePush", refuseForcePush.by(), "its commits must not be taken away by force"));
    }
    if (requireLinearHistory.holds()) {
      mergeCommit
          .get()
          .ifPresent(
              commit ->
                  objections.add(
                      notLinear("its history is linear, and " + short8(commit) + " is a merge")));
    }
    return objections;
  }

  /** What objects to a push that deletes the branch. */
  public List<Objection> objectionsToDeletion(Subject subject) {
    List<Objection> objections = new ArrayList<>();
    if (refuseDeletion.holds()) {
      objections.add(new Objection("Deletion", refuseDeletion.by(), "it must not be deleted"));
    }
    objections.addAll(objectionsToPusher(subject, false));
    return objections;
  }

  /**
   * What objects to the merge of a pull request, besides its approvals and checks; whoever merges.
   *
   * @param mergeCommit whether the merge makes a merge commit, or brings one
   * @param upToDate whether the head contains the newest commit of the branch
   */
  public List<Objection> objectionsToMerge(boolean mergeCommit, boolean upToDate) {
    List<Objection> objections = new ArrayList<>();
    if (mergeCommit && requireLinearHistory.holds()) {
      objections.add(notLinear("its history is linear, and this would bring a merge commit"));
    }
    if (!upToDate && requireUpToDate.holds()) {
      objections.add(
          new Objection(
              "NotUpToDate",
              requireUpToDate.by(),
              "the head does not contain the newest commit of " + branch));
    }
    return objections;
  }

  /** Decides by all objections that were collected. */
  public Ruling ruling(Subject subject, List<Objection> objections) {
    if (objections.isEmpty()) {
      return new Ruling.Allowed();
    }
    return isBypassedBy(subject)
        ? new Ruling.Bypassed(branch, objections)
        : new Ruling.Refused(branch, objections);
  }

  /** Lists that leave the subject out; those that name nobody count for changes only. */
  private List<Objection> objectionsToPusher(Subject subject, boolean changes) {
    List<String> closed = new ArrayList<>();
    List<String> others = new ArrayList<>();
    pushers.forEach(
        (name, roster) -> {
          if (roster.isEmpty() && changes) {
            closed.add(name);
          } else if (!roster.isEmpty() && !roster.has(subject)) {
            (requirePullRequest.by().contains(name) && changes ? closed : others).add(name);
          }
        });
    List<Objection> objections = new ArrayList<>();
    if (!closed.isEmpty()) {
      objections.add(new Objection("PullRequest", closed, "changes come by pull request"));
    }
    if (!others.isEmpty()) {
      objections.add(new Objection("Pushers", others, "only those it names may push"));
    }
    return objections;
  }

  private Objection notLinear(String detail) {
    return new Objection("NotLinear", requireLinearHistory.by(), detail);
  }

  private static String line(String branch, List<Objection> objections) {
    return branch
        + " is protected by "
        + objections.stream().map(Objection::message).collect(Collectors.joining("; by "));
  }

  private static String short8(ObjectId commit) {
    return commit.hex().substring(0, 8);
  }

  private static Demand demand(
      List<ProtectionRule> matching, Predicate<BranchProtection.Spec> asks) {
    return new Demand(
        matching.stream()
            .filter(rule -> asks.test(rule.spec()))
            .map(ProtectionRule::name)
            .sorted()
            .toList());
  }

  private static Approvals approvals(List<ProtectionRule> matching) {
    int most = matching.stream().mapToInt(rule -> rule.spec().requiredApprovals()).max().orElse(0);
    return new Approvals(
        most, most == 0 ? List.of() : demand(matching, s -> s.requiredApprovals() == most).by());
  }

  private static List<Check> checks(List<ProtectionRule> matching) {
    Map<String, Map<BranchProtection.Source, TreeSet<String>>> wanted = new TreeMap<>();
    for (ProtectionRule rule : matching) {
      for (BranchProtection.RequiredCheck check : rule.spec().requiredChecks()) {
        wanted
            .computeIfAbsent(check.name(), name -> new TreeMap<>())
            .computeIfAbsent(check.source(), source -> new TreeSet<>())
            .add(rule.name());
      }
    }
    List<Check> checks = new ArrayList<>();
    wanted.forEach(
        (name, sources) ->
            sources.forEach((source, by) -> checks.add(new Check(name, source, List.copyOf(by)))));
    return checks;
  }
}
