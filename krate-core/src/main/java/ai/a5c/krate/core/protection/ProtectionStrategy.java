package ai.a5c.krate.core.protection;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.SubjectRef;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.BranchPattern;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protections;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a BranchProtection must be like beyond its schema, and who may write it: those who may
 * {@code maintain} each repository that it speaks of, before and after.
 */
final class ProtectionStrategy implements Strategy {
  private static final String ALL = "*";

  private final Protections protections;

  ProtectionStrategy(Protections protections) {
    this.protections = protections;
  }

  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    Set<String> repositories = new TreeSet<>(repositories(object));
    if (old != null) {
      repositories.addAll(repositories(old));
    }
    return repositories.stream()
        .map(name -> name.equals(ALL) ? "" : name)
        .map(name -> new Claim("maintain", ForgeKinds.REPOSITORY.resource(), "", name))
        .toList();
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    var spec = RecordCodec.read(BranchProtection.class, object.json()).spec();
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < spec.branches().size(); i++) {
      String pattern = spec.branches().get(i);
      if (BranchPattern.parse(pattern).isEmpty()) {
        errors.add(
            FieldError.invalid(
                "spec.branches[" + i + "]",
                pattern,
                "it must be the name of a branch, in which * stands for anything but a slash and"
                    + " a part ** for any number of parts"));
      }
    }
    subjects("spec.pushers", spec.pushers(), errors);
    subjects("spec.bypassers", spec.bypassers(), errors);
    if (old == null && protections.count(context.namespace()) >= Protections.MOST) {
      errors.add(
          FieldError.forbidden(
              "", "a namespace has at most " + Protections.MOST + " BranchProtections"));
    }
    return errors;
  }

  private static void subjects(String field, List<SubjectRef> named, List<FieldError> errors) {
    for (int i = 0; i < named.size(); i++) {
      SubjectRef ref = named.get(i);
      String at = field + "[" + i + "]";
      boolean account = ref.kind() == SubjectRef.Kind.SERVICE_ACCOUNT;
      if (!account && !ref.namespace().isEmpty()) {
        errors.add(
            FieldError.invalid(
                at + ".namespace", ref.namespace(), "only a ServiceAccount has a namespace"));
      }
      if (account && !ref.name().matches("[a-z0-9]([-.a-z0-9]*[a-z0-9])?")) {
        errors.add(
            FieldError.invalid(at + ".name", ref.name(), "it is not the name of a ServiceAccount"));
      }
    }
  }

  private static List<String> repositories(ApiObject object) {
    return JsonTree.textsAt(object.json(), "spec", "repositories");
  }
}
