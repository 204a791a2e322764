package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection.Source;
import ai.a5c.krate.api.config.Repository.MergeMethod;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Assessor.Assessment;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a pull request's status shows of an assessment: who approved, and what checks say. */
public record PullStatus(PullRequest.Approvals approvals, List<PullRequest.HeadCheck> checks) {
  private static final int MOST_NAMES = 512;
  private static final int MOST_CHECKS = 512;

  public PullStatus {
    checks = List.copyOf(checks);
  }

  public static PullStatus of(Assessment assessment) {
    Readiness.Facts facts = assessment.facts();
    List<String> by = facts.tally().approvedBy().stream().limit(MOST_NAMES).toList();
    return new PullStatus(
        new PullRequest.Approvals(
            facts.protection().requiredApprovals().count(), facts.tally().approvedBy().size(), by),
        checks(facts));
  }

  /** Required ones first, in order; then the others. */
  private static List<PullRequest.HeadCheck> checks(Readiness.Facts facts) {
    Map<String, PullRequest.HeadCheck> all = new TreeMap<>();
    for (CommitChecks.One one : facts.checks().all()) {
      all.put(
          "1" + one.name() + " " + one.source(),
          new PullRequest.HeadCheck(one.name(), one.source(), one.phase(), false));
    }
    for (Protection.Check required : facts.protection().requiredChecks()) {
      String name = required.name();
      Source source = required.source();
      var phase = facts.checks().of(source, name).map(CommitChecks.One::phase).orElse(null);
      all.remove("1" + name + " " + source);
      all.put("0" + name + " " + source, new PullRequest.HeadCheck(name, source, phase, true));
    }
    return all.values().stream().limit(MOST_CHECKS).toList();
  }

  /** The way of merging, as a status spells it. */
  public static String method(Assessment assessment) {
    return assessment.facts().method() == MergeMethod.SQUASH ? "Squash" : "Merge";
  }

  /** The pull request with it. */
  public ApiObject on(ApiObject pull) {
    List<JsonValue> listed = new ArrayList<>();
    checks.forEach(check -> listed.add(RecordCodec.write(check)));
    return pull.with(Json.object(RecordCodec.write(approvals)).build(), "status", "approvals")
        .with(listed.isEmpty() ? null : JsonTree.array(listed), "status", "checks");
  }
}
