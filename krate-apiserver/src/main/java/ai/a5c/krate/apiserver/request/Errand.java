package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Attributes;

/**
 * What a request wants, before anybody has asked who wants it.
 *
 * @param verb in RBAC's words
 * @param subresource empty for the object itself
 * @param namespace empty for cluster scope, or for all namespaces
 * @param name empty for the collection
 * @param dryRun whether nothing may be kept of it, not even the audit entry
 * @param command the kubectl or git command that does it again
 */
public record Errand(
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name,
    boolean dryRun,
    Command command) {
  /** An errand whose command is known already. */
  public Errand(
      String verb,
      GroupResource resource,
      String subresource,
      String namespace,
      String name,
      boolean dryRun,
      String command) {
    this(verb, resource, subresource, namespace, name, dryRun, Command.of(command));
  }

  Attributes attributes(Subject subject) {
    return new Attributes(subject, verb, resource, subresource, namespace, name);
  }
}
