package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What admission policies add to a merge: the same merges without and with ten of them. */
final class PolicyBenchmark implements Benchmark {
  private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
  private static final String ORGANIZATION = "policies";
  private static final int POLICIES = 10;
  private static final int TURNS = 2;

  @Override
  public String name() {
    return "policies";
  }

  @Override
  public String about() {
    return "what ten admission policies add to a merge";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    ApiClient api = lab.api();
    int each = Math.max(2, lab.scale().merges() / TURNS);
    try {
      String namespace = api.organization(ORGANIZATION);
      Sample warm = merges(api, lab.scale(), namespace, "warm-", each);
      System.getLogger(PolicyBenchmark.class.getName())
          .log(System.Logger.Level.DEBUG, "warm after {0} merges", warm.count());
      @Nullable Sample without = null;
      @Nullable Sample with = null;
      // In turns, as everything gets slower or faster while it goes on.
      for (int turn = 0; turn < TURNS; turn++) {
        Sample plain = merges(api, lab.scale(), namespace, "without-" + turn + "-", each);
        without = without == null ? plain : without.and(plain);
        enforce(api);
        Sample ruled = merges(api, lab.scale(), namespace, "with-" + turn + "-", each);
        with = with == null ? ruled : with.and(ruled);
        takeBack(api);
      }
      if (without == null || with == null) {
        throw new IllegalStateException("there are no turns");
      }
      return List.of(row(with, without));
    } catch (IOException e) {
      throw new BenchmarkFailedException("merging with policies: " + e.getMessage(), e);
    }
  }

  private static Row row(Sample with, Sample without) {
    long added = with.quantile(0.5) - without.quantile(0.5);
    Row row =
        Row.ofRates(
            "merge a pull request, 1 client, " + POLICIES + " policies are asked",
            with,
            "the same without policies, in turns",
            without);
    return new Row(
        row.load(),
        row.figure()
            + ", in the median "
            + (added < 0 ? "nothing" : Numbers.millis(added))
            + " more",
        row.beside(),
        row.ratio());
  }

  private static Sample merges(
      ApiClient api, Scale scale, String namespace, String prefix, int pulls)
      throws InterruptedException {
    List<List<String>> opened = MergeBenchmark.prepare(api, ORGANIZATION, prefix, 1, pulls);
    return MergeBenchmark.merge(api, namespace, opened, scale, new AtomicInteger());
  }

  /** Each has a condition, a variable, a rule that holds and a message. */
  private static void enforce(ApiClient api) throws IOException, InterruptedException {
    for (int i = 0; i < POLICIES; i++) {
      api.create(
          GROUP + "validatingadmissionpolicies",
          """
          {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy",\
          "metadata":{"name":"policy-%1$d"},"spec":{"matchConstraints":{"resourceRules":[{\
          "apiGroups":["krate.a5c.ai"],"apiVersions":["v1alpha1"],"operations":["CREATE","UPDATE"],\
          "resources":["pullrequests"]}]},\
          "matchConditions":[{"name":"merging","expression":\
          "has(object.spec.merged) && object.spec.merged"}],\
          "variables":[{"name":"words","expression":"object.spec.title.split(' ')"}],\
          "validations":[{"expression":\
          "size(variables.words) > 1 && variables.words.all(w, size(w) < 4%1$d)",\
          "messageExpression":"'the title has ' + string(size(variables.words)) + ' words'"}]}}"""
              .formatted(i));
      api.create(
          GROUP + "validatingadmissionpolicybindings",
          """
          {"apiVersion":"admissionregistration.k8s.io/v1",\
          "kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"policy-%1$d"},\
          "spec":{"policyName":"policy-%1$d","validationActions":["Deny"]}}"""
              .formatted(i));
    }
  }

  private static void takeBack(ApiClient api) throws IOException, InterruptedException {
    for (int i = 0; i < POLICIES; i++) {
      api.delete(GROUP + "validatingadmissionpolicybindings/policy-" + i);
      api.delete(GROUP + "validatingadmissionpolicies/policy-" + i);
    }
  }
}
