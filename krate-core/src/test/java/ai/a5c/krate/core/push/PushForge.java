package ai.a5c.krate.core.push;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.MemoryForge;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole forge in memory: the organization acme in the namespace team, its repositories web and
 * api, and people who may do different things.
 */
final class PushForge extends MemoryForge {
  /** Writes code. */
  static final Subject DEVELOPER = Subject.of("dora", "developers");

  /** Writes code, and is on the lists of pushers. */
  static final Subject PUSHER = Subject.of("pia", "developers", "releasers");

  /** Writes code, and is on the lists of bypassers. */
  static final Subject BYPASSER = Subject.of("bela", "developers");

  /** May do everything in the namespace. */
  static final Subject ADMIN = Subject.of("ada", "admins");

  /** May write BranchProtections, and maintain the repository web. */
  static final Subject KEEPER = Subject.of("kim", "developers", "keepers");

  /** Reads code. */
  static final Subject READER = Subject.of("rita", "readers");

  static final Subject STRANGER = Subject.of("sam");

  PushForge() {
    super(PushForge::mayDo, "web", "api");
  }

  private static boolean mayDo(Attributes asked) {
    Subject who = asked.subject();
    boolean git = asked.resource().equals(ForgeKinds.REPOSITORY.resource());
    boolean codes =
        (git && Set.of("git", "pullrequests").contains(asked.subresource()))
            || (git && asked.verb().equals("merge"))
            || asked.resource().equals(ForgeKinds.PULL_REQUEST.resource());
    boolean keeps =
        asked.resource().equals(ForgeKinds.BRANCH_PROTECTION.resource())
            || (git && asked.verb().equals("maintain") && asked.name().equals("web"));
    boolean reads = git && asked.verb().equals("get") && asked.subresource().equals("git");
    return asked.namespace().equals(NAMESPACE)
        && (who.in("admins")
            || (who.in("developers") && codes)
            || (who.in("readers") && reads)
            || (who.in("keepers") && keeps));
  }

  void unprotect(String name) {
    delete(ROOT, ForgeKinds.BRANCH_PROTECTION, name).is(200);
  }

  /** What became of one ref of web: {@code ok}, or why not; a null target deletes it. */
  String push(Subject subject, String ref, @Nullable ObjectId target) {
    return push(subject, "web", ref, target);
  }

  /** What became of each ref of a push to web. */
  Map<String, String> pushAll(Subject subject, String body) {
    return pushAll(subject, "web", body);
  }

  Optional<ObjectId> at(String ref) {
    return storage.records().ref(web, new RefName(ref));
  }

  /** The audit entries of pushes. */
  List<ApiObject> pushEntries() {
    return all(ForgeKinds.AUDIT_EVENT).stream()
        .filter(entry -> entry.text("resource", "subresource").equals("git"))
        .toList();
  }
}
