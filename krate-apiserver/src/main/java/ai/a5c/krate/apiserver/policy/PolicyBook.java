package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.MatchResources;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ValidationAction;
import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policies in force, compiled when they change. Told of every change once or more, in any
 * order: the newest revision of an object counts. May be used from many threads at once.
 */
final class PolicyBook {
  private static final Logger LOG = System.getLogger(PolicyBook.class.getName());

  private final PolicyCompiler compiler;
  private final Kind policyKind;
  private final Kind bindingKind;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Entry<CompiledPolicy>> policies = new HashMap<>();
  private final Map<String, Entry<CompiledBinding>> bindings = new HashMap<>();

  /** Everything up to here is known: what is told of before is old, even if it is told late. */
  private Revision seen = new Revision(0);

  private boolean complete;
  private volatile @Nullable PolicySet current;

  /**
   * What is known of an object.
   *
   * @param compiled null if it is removed
   */
  private record Entry<T>(Revision at, @Nullable T compiled) {}

  PolicyBook(PolicyCompiler compiler, Kind policyKind, Kind bindingKind) {
    this.compiler = compiler;
    this.policyKind = policyKind;
    this.bindingKind = bindingKind;
  }

  List<Kind> kinds() {
    return List.of(policyKind, bindingKind);
  }

  /** What is in force; empty as long as not everything was read. */
  Optional<PolicySet> current() {
    return Optional.ofNullable(current);
  }

  /** An object was written or removed, at its revision. */
  void changed(Kind kind, ApiObject object, boolean removed) {
    if (kind.equals(policyKind)) {
      change(policies, object, removed, this::policy);
    } else if (kind.equals(bindingKind)) {
      change(bindings, object, removed, PolicyBook::binding);
    }
  }

  /** These are all objects of both kinds, as they were at the revision. */
  void listed(Collection<ApiObject> listedPolicies, Collection<ApiObject> list, Revision at) {
    listedPolicies.forEach(object -> changed(policyKind, object, false));
    list.forEach(object -> changed(bindingKind, object, false));
    lock.lock();
    try {
      retain(policies, listedPolicies, at);
      retain(bindings, list, at);
      complete = true;
      seen(at);
      publish();
    } finally {
      lock.unlock();
    }
  }

  /** Every change up to the revision was told: none of before can follow. */
  void seen(Revision revision) {
    lock.lock();
    try {
      if (revision.isAfter(seen)) {
        seen = revision;
      }
      policies.values().removeIf(entry -> isPast(entry, revision));
      bindings.values().removeIf(entry -> isPast(entry, revision));
    } finally {
      lock.unlock();
    }
  }

  private static boolean isPast(Entry<?> entry, Revision revision) {
    return entry.compiled() == null && !entry.at().isAfter(revision);
  }

  private static void retain(
      Map<String, ? extends Entry<?>> known, Collection<ApiObject> listed, Revision at) {
    List<String> names = listed.stream().map(ApiObject::name).toList();
    known.entrySet().removeIf(e -> !names.contains(e.getKey()) && !e.getValue().at().isAfter(at));
  }

  private <T> void change(
      Map<String, Entry<T>> known,
      ApiObject object,
      boolean removed,
      Function<ApiObject, T> compiler) {
    if (!isNews(known, object)) {
      return;
    }
    T compiled = removed ? null : compiler.apply(object);
    lock.lock();
    try {
      if (isNews(known, object)) {
        known.put(object.name(), new Entry<>(object.revision(), compiled));
        publish();
      }
    } finally {
      lock.unlock();
    }
  }

  private <T> boolean isNews(Map<String, Entry<T>> known, ApiObject object) {
    lock.lock();
    try {
      Entry<T> before = known.get(object.name());
      return object.revision().isAfter(seen)
          && (before == null || object.revision().isAfter(before.at()));
    } finally {
      lock.unlock();
    }
  }

  private void publish() {
    if (complete) {
      current = PolicySet.of(compiled(policies), compiled(bindings));
    }
  }

  private static <T> List<T> compiled(Map<String, Entry<T>> known) {
    return known.values().stream().map(Entry::compiled).filter(Objects::nonNull).toList();
  }

  private CompiledPolicy policy(ApiObject object) {
    try {
      CompiledPolicy policy =
          compiler.compile(
              object.name(), RecordCodec.read(ValidatingAdmissionPolicy.class, object.json()));
      if (!policy.errors().isEmpty()) {
        LOG.log(Level.WARNING, "the policy {0} uses what is not served", object.name());
      }
      return policy;
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "the policy " + object.name() + " cannot be read and denies all", e);
      return unreadable(object.name());
    }
  }

  /** Stored in another form than today's, which says nothing of what it was for. */
  private static CompiledPolicy unreadable(String name) {
    var source = new CompiledPolicy.Source("", null, "the stored policy cannot be read");
    return new CompiledPolicy(
        name,
        false,
        null,
        new ResourceMatch(everything()),
        List.of(),
        List.of(),
        List.of(new CompiledPolicy.Rule(source, Problem.Denied.Reason.INVALID, "", null)),
        List.of(),
        List.of());
  }

  private static MatchResources everything() {
    LabelSelector all = new LabelSelector(Map.of(), List.of());
    return new MatchResources(
        all, all, List.of(), List.of(), MatchResources.MatchPolicy.EQUIVALENT);
  }

  private static CompiledBinding binding(ApiObject object) {
    try {
      return CompiledBinding.of(
          object.name(), RecordCodec.read(ValidatingAdmissionPolicyBinding.class, object.json()));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "the binding " + object.name() + " cannot be read and denies", e);
      return new CompiledBinding(
          object.name(),
          object.text("spec", "policyName"),
          null,
          null,
          null,
          List.of(ValidationAction.DENY));
    }
  }
}
