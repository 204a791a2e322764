package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Scope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a kind that a subject may use a verb on, beyond the right to the kind: all of
 * them, or those whose owner it has the same verb on. Used by one thread at a time.
 *
 * <p>Who has the right without a name costs one decision. Otherwise each owner is decided about
 * once, however many objects it has, and so is each namespace.
 */
final class Sight implements Predicate<ApiObject> {
  /** The most decisions that are kept; what is asked beyond them is decided each time. */
  private static final int MOST_KNOWN = 10_000;

  private final Authorizer authorizer;
  private final Attributes asked;
  private final Registration kind;
  private final @Nullable Scope scope;
  private final boolean full;
  private final Map<Owner, Boolean> known = new HashMap<>();

  /** The same owners as are known, in the order in which they are asked about again. */
  private final Deque<Owner> again = new ArrayDeque<>();

  /** An owner, or with an empty name all of a namespace's. */
  private record Owner(String namespace, String name) {}

  private Sight(Authorizer authorizer, Registration kind, Attributes asked, @Nullable Scope scope) {
    this.authorizer = authorizer;
    this.asked = asked;
    this.kind = kind;
    this.scope = scope;
    this.full = scope == null || allows(scope, new Owner(asked.namespace(), ""));
  }

  /**
   * What the subject sees.
   *
   * @param asked the question about the kind itself: its subject, verb and namespace count
   */
  static Sight of(Authorizer authorizer, Registration kind, Attributes asked) {
    return new Sight(authorizer, kind, asked, kind.strategy().scope().orElse(null));
  }

  /** The question about the kind itself. */
  Attributes asked() {
    return asked;
  }

  /** Whether nothing is kept from the subject. */
  boolean isFull() {
    return full;
  }

  @Override
  public boolean test(ApiObject object) {
    Scope bounds = scope;
    if (full || bounds == null) {
      return true;
    }
    if (allows(bounds, new Owner(object.namespace(), ""))) {
      return true;
    }
    return owner(bounds, object)
        .map(name -> allows(bounds, new Owner(object.namespace(), name)))
        .orElse(false);
  }

  /** The question that decides about an object: about its owner, if it has one. */
  Attributes question(ApiObject object) {
    Scope bounds = scope;
    return bounds == null
        ? asked
        : question(bounds, new Owner(object.namespace(), owner(bounds, object).orElse("")));
  }

  /** The question about all objects of the namespace. */
  Attributes question() {
    Scope bounds = scope;
    return bounds == null ? asked : question(bounds, new Owner(asked.namespace(), ""));
  }

  /** The same, by the rights of now. */
  Sight again() {
    return of(authorizer, kind, asked);
  }

  /** The same subject's sight for another verb. */
  Sight of(String verb) {
    return of(
        authorizer, kind, asked.asking(verb, asked.resource(), asked.subresource(), asked.name()));
  }

  /**
   * Asks again, and says whether an answer is another one than before: whether everything may be
   * seen, and about some of the owners, in turns.
   *
   * @param most how many decisions to make at most
   */
  boolean isOutdated(int most) {
    Scope bounds = scope;
    if (bounds == null) {
      return false;
    }
    if (decide(bounds, new Owner(asked.namespace(), "")) != full) {
      return true;
    }
    for (int i = 1; !full && i < Math.min(most, again.size() + 1); i++) {
      Owner next = again.removeFirst();
      again.addLast(next);
      if (!known.getOrDefault(next, false).equals(decide(bounds, next))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> owner(Scope scope, ApiObject object) {
    return scope.owner().apply(object).filter(name -> !name.isEmpty());
  }

  private boolean allows(Scope bounds, Owner owner) {
    Boolean before = known.get(owner);
    if (before != null) {
      return before;
    }
    boolean allowed = decide(bounds, owner);
    if (known.size() < MOST_KNOWN) {
      known.put(owner, allowed);
      again.addLast(owner);
    }
    return allowed;
  }

  private boolean decide(Scope bounds, Owner owner) {
    return authorizer.decide(question(bounds, owner)) instanceof Decision.Allow;
  }

  private Attributes question(Scope bounds, Owner owner) {
    return new Attributes(
        asked.subject(),
        asked.verb(),
        bounds.resource(),
        kind.kind().plural(),
        owner.namespace(),
        owner.name());
  }
}
