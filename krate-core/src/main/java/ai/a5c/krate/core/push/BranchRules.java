package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protection;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.spi.git.RefUpdate;
import java.util.List;
import java.util.Optional;

/**
 * Holds pushes to the BranchProtections of their branches. Tags and notes are not branches.
 *
 * <p>As long as a repository has no branch, who may {@code maintain} it creates its default branch,
 * whatever protects it: nothing could come by pull request.
 */
public final class BranchRules implements PushPolicy {
  private final Objects objects;
  private final Protections protections;

  public BranchRules(Objects objects, Protections protections) {
    this.objects = objects;
    this.protections = protections;
  }

  @Override
  public Judge of(Push push) {
    Protections.Reading asked = protections.read(push.repository());
    return new Judge() {
      @Override
      public Verdict of(RefUpdate update) {
        return update
            .ref()
            .branch()
            .map(asked::of)
            .filter(Protection::isProtected)
            .map(protection -> verdict(push, update, protection))
            .orElseGet(Verdict.Allowed::new);
      }

      @Override
      public List<Step.RequireCount> premises() {
        return List.of(asked.still());
      }
    };
  }

  private Verdict verdict(Push push, RefUpdate update, Protection protection) {
    ObjectId target = update.target();
    List<Protection.Objection> objections =
        target == null
            ? protection.objectionsToDeletion(push.subject())
            : protection.objectionsToPush(
                push.subject(), update.forced(), () -> mergeCommit(push, update, target));
    return switch (protection.ruling(push.subject(), objections)) {
      case Protection.Ruling.Allowed allowed -> new Verdict.Allowed();
      case Protection.Ruling.Bypassed bypassed -> new Verdict.Bypassed(bypassed.message());
      case Protection.Ruling.Refused refused when isFirst(push, update) ->
          new Verdict.Bypassed("the repository has no branch yet; " + refused.message());
      case Protection.Ruling.Refused refused -> new Verdict.Refused(refused.message());
    };
  }

  /** A new branch has the commits that the default branch has not. */
  private Optional<ObjectId> mergeCommit(Push push, RefUpdate update, ObjectId target) {
    ObjectId old = update.old();
    ObjectId without =
        old != null
            ? old
            : objects
                .records()
                .ref(push.repository().uid(), Repositories.head(push.repository()))
                .orElse(null);
    return push.pushed().mergeCommit(target, without);
  }

  private boolean isFirst(Push push, RefUpdate update) {
    return update.old() == null
        && update.target() != null
        && update.ref().equals(Repositories.head(push.repository()))
        && objects.records().refs(push.repository().uid(), RefName.HEADS, null, 1).refs().isEmpty()
        && push.rights()
            .test(
                new Claim(
                    "maintain", ForgeKinds.REPOSITORY.resource(), "", push.repository().name()));
  }
}
