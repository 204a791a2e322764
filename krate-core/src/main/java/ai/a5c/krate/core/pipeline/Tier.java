package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.git.RefName;

/**
 * How far the code of a pipeline is trusted, and why. A pure function of what the server itself
 * knows of the code: whoever may write branches and tags of a repository is trusted with it, and
 * nobody else.
 */
record Tier(TrustTier tier, String reason) {

  /**
   * What decides.
   *
   * @param ref the full name that the pipeline gives, whatever it is
   * @param fork whether the repository is a fork of another
   * @param exists whether the repository has the ref
   * @param reachable whether the commit is in the history of the ref
   */
  record Code(String ref, boolean fork, boolean exists, boolean reachable) {}

  static Tier of(Code code) {
    if (code.fork()) {
      return untrusted("the repository is a fork");
    }
    if (!isBranchOrTag(code.ref())) {
      return untrusted(code.ref() + " is neither a branch nor a tag");
    }
    if (!code.exists()) {
      return untrusted("the repository has no " + code.ref());
    }
    return code.reachable()
        ? new Tier(TrustTier.TRUSTED, "the commit is in the history of " + code.ref())
        : untrusted("the commit is not in the history of " + code.ref());
  }

  boolean isTrusted() {
    return tier == TrustTier.TRUSTED;
  }

  static boolean isBranchOrTag(String ref) {
    return RefName.parse(ref).isPresent()
        && (ref.startsWith(RefName.HEADS) || ref.startsWith(RefName.TAGS));
  }

  private static Tier untrusted(String why) {
    return new Tier(TrustTier.UNTRUSTED, why);
  }
}
