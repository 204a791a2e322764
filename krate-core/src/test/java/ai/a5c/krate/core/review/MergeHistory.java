package ai.a5c.krate.core.review;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import jakarta.json.JsonNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the change log from its beginning, knows at each revision what there is, and says of each
 * merge whether the rules allowed it just then: as many approvals as were asked for, nobody who
 * wants changes, and a success of the check build, on the very head. Knows the rules by itself,
 * from reviews, checks, pull requests and refs alone.
 */
final class MergeHistory {
  private final ReviewForge forge;
  private final Map<String, ApiObject> pulls = new HashMap<>();

  /** Reviews in the order of their creation, as they are now. */
  private final Map<String, ApiObject> reviews = new LinkedHashMap<>();

  private final Map<String, ApiObject> checks = new HashMap<>();

  /** By commit: the check that was written last. */
  private final Map<String, String> newestCheck = new HashMap<>();

  private final Map<String, Set<String>> movers = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int required;
  private int merges;

  MergeHistory(ReviewForge forge) {
    this.forge = forge;
  }

  int merges() {
    return merges;
  }

  /** What was merged and should not have been. */
  List<String> faults() {
    return faults;
  }

  void see(Change change) {
    switch (change) {
      case Change.ObjectChanged changed -> see(changed);
      case Change.RefMoved moved ->
          moved
              .ref()
              .branch()
              .ifPresent(
                  branch ->
                      movers.computeIfAbsent(branch, b -> new HashSet<>()).add(moved.actor()));
    }
  }

  private void see(Change.ObjectChanged changed) {
    GroupResource resource = changed.object().key().resource();
    String name = changed.object().key().name();
    boolean gone = changed.type() == Change.Type.DELETED;
    if (resource.equals(ForgeKinds.PULL_REQUEST.resource())) {
      ApiObject pull = forge.objects.read(ForgeKinds.PULL_REQUEST, changed.object());
      ApiObject before = pulls.put(name, pull);
      boolean merged = pull.text("status", "phase").equals("Merged");
      if (merged && before != null && !before.text("status", "phase").equals("Merged")) {
        merges++;
        judge(before, changed.revision().toString());
      }
    } else if (resource.equals(ForgeKinds.BRANCH_PROTECTION.resource())) {
      ApiObject protection = forge.objects.read(ForgeKinds.BRANCH_PROTECTION, changed.object());
      required = ((JsonNumber) protection.at("spec", "requiredApprovals").orElseThrow()).intValue();
    } else if (resource.equals(ForgeKinds.REVIEW.resource())) {
      if (gone) {
        reviews.remove(name);
      } else {
        reviews.put(name, forge.objects.read(ForgeKinds.REVIEW, changed.object()));
      }
    } else if (resource.equals(ForgeKinds.CHECK.resource())) {
      ApiObject check = forge.objects.read(ForgeKinds.CHECK, changed.object());
      String commit = check.text("spec", "commit");
      if (gone) {
        checks.remove(name);
      } else {
        ApiObject old = checks.put(name, check);
        if (old == null || !old.json().get("spec").equals(check.json().get("spec"))) {
          newestCheck.put(commit, name);
        }
      }
    }
  }

  private void judge(ApiObject pull, String revision) {
    String head = pull.text("status", "head", "commit");
    String target = pull.text("spec", "targetBranch");
    Map<String, ApiObject> newest = new HashMap<>();
    for (ApiObject review : reviews.values()) {
      if (review.text("spec", "pullRequest").equals(pull.name())
          && !review.text("spec", "decision").equals("Comment")) {
        newest.put(review.text("status", "author", "name"), review);
      }
    }
    String author = pull.text("status", "author", "name");
    Set<String> moved = movers.getOrDefault(pull.text("spec", "sourceBranch"), Set.of());
    int approved = 0;
    for (Map.Entry<String, ApiObject> entry : newest.entrySet()) {
      ApiObject review = entry.getValue();
      String person = entry.getKey();
      if (review.isTrue("spec", "dismissed")) {
        continue;
      }
      if (review.text("spec", "decision").equals("RequestChanges")) {
        faults.add(revision + ": " + person + " wants changes of " + pull.name());
      }
      boolean counts =
          review.text("spec", "decision").equals("Approve")
              && !person.equals(author)
              && !moved.contains(person)
              && review.text("spec", "commit").equals(head)
              && review.text("status", "targetBranch").equals(target);
      approved += counts ? 1 : 0;
    }
    if (approved < required) {
      faults.add(
          "%s: %d of %d approved %s at %s"
              .formatted(revision, approved, required, pull.name(), head));
    }
    ApiObject check = checks.get(newestCheck.getOrDefault(head, ""));
    if (check == null || !check.text("spec", "phase").equals("Succeeded")) {
      faults.add(revision + ": the check of " + pull.name() + " has not succeeded at " + head);
    }
  }
}
