package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.AdmissionGroup;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Kubernetes' validating admission policies: the strategies of their two kinds, and their part in
 * the admission of everything else.
 *
 * <p>A policy that a request of this server has written is in force when that request is answered;
 * one that another server has written, when the change log brings it. Until every policy has been
 * read once, what policies could be about is refused. May be used from many threads at once.
 */
public final class Policies implements ValidatingAdmission {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Parts parts;
  private final Kind policies;
  private final Kind bindings;
  private final Kind namespaces;
  private final PolicyCompiler compiler;
  private final PolicyBook book;

  /**
   * What policies need.
   *
   * @param language of their expressions
   * @param kinds all that are served, the two of policies and Namespace among them
   * @param authorizer answers what expressions ask about rights
   * @param unseen what policies are not asked about, beside their own kinds
   * @param limits what they may cost
   * @param nanos a ticker
   */
  public record Parts(
      ExpressionLanguage language,
      Objects objects,
      Kinds kinds,
      Authorizer authorizer,
      Predicate<Admission> unseen,
      PolicyLimits limits,
      LongSupplier nanos) {}

  public Policies(Parts parts) {
    this.parts = parts;
    this.policies = kind(parts.kinds(), ValidatingAdmissionPolicy.class);
    this.bindings = kind(parts.kinds(), ValidatingAdmissionPolicyBinding.class);
    this.namespaces = kind(parts.kinds(), Namespace.class);
    this.compiler = new PolicyCompiler(parts.language());
    this.book = new PolicyBook(compiler, policies, bindings);
  }

  private static Kind kind(Kinds kinds, Class<? extends Record> declaration) {
    return kinds
        .declaredBy(declaration)
        .orElseThrow(() -> new IllegalArgumentException("not served: " + declaration.getName()));
  }

  /** What is particular about the two kinds. */
  public Map<Kind, Strategy> strategies() {
    return Map.of(
        policies, new PolicyStrategy(compiler, parts.kinds()),
        bindings, new BindingStrategy(parts.objects(), policies, parts.kinds()));
  }

  /** Begins to follow the change log of the configuration, until it is closed. */
  public AutoCloseable follow(WatchHub configuration) {
    return new PolicyFollower(book, parts.objects(), configuration);
  }

  @Override
  public Verdict review(Admission asked) {
    // Whoever writes a bad policy must be able to take it back.
    if (asked.context().kind().group().equals(AdmissionGroup.NAME) || parts.unseen().test(asked)) {
      return Verdict.SILENT;
    }
    PolicySet set =
        book.current()
            .orElseThrow(
                () ->
                    new ApiException(
                        new Problem.Unavailable(
                            "not yet ready to handle request: the policies are not read yet",
                            SOON)));
    if (set.active().isEmpty()) {
      return Verdict.SILENT;
    }
    return new PolicyStep(
            new RequestFacts(asked, parts.objects(), namespaces),
            new RequesterRights(parts.authorizer(), asked.context().subject()),
            new Params(parts.objects(), parts.kinds()),
            parts.limits(),
            new FairTicker(parts.nanos()))
        .verdict(set);
  }

  @Override
  public void committed(Kind kind, ApiObject object, boolean removed) {
    book.changed(kind, object, removed);
  }
}
