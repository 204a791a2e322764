package ai.a5c.krate.spi.expression;

/**
 * Answers what expressions ask about rights. Given as the value of a variable of type {@link
 * ValueType.Basic#AUTHORIZER}. Blocks; called on the evaluating thread, while the expression runs.
 */
public interface Access {
  /**
   * Whether somebody may request a path that is no resource.
   *
   * @param verb an HTTP method, as the expression spells it
   * @param path as the expression spells it, never blank
   */
  Answer mayRequest(Principal who, String verb, String path);

  /**
   * Whether somebody may use a resource.
   *
   * @param verb as the expression spells it
   */
  Answer mayUse(Principal who, String verb, Target target);

  /** Whose rights are asked about. */
  sealed interface Principal {
    /** Who sent the request. */
    record Requester() implements Principal {}

    /** A service account; both names are well formed. */
    record ServiceAccount(String namespace, String name) implements Principal {}
  }

  /**
   * What a verb is asked on. Each but the resource is empty where the expression named none.
   *
   * @param fieldSelector as the expression spells it; one that does not parse counts as none
   * @param labelSelector as the expression spells it; one that does not parse counts as none
   */
  record Target(
      String group,
      String resource,
      String subresource,
      String namespace,
      String name,
      String fieldSelector,
      String labelSelector) {
    /** A resource, or one object of it, without selectors. */
    public static Target of(
        String group, String resource, String subresource, String namespace, String name) {
      return new Target(group, resource, subresource, namespace, name, "", "");
    }
  }

  /**
   * The decision.
   *
   * @param reason empty if none was given
   * @param error why there was no proper decision; empty if there was one
   */
  record Answer(boolean allowed, String reason, String error) {}
}
