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
 * @param path of what is no resource; empty for a resource
 */
public record Errand(
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name,
    boolean dryRun,
    Command command,
    String path) {
  /** An errand to a resource. */
  public Errand(
      String verb,
      GroupResource resource,
      String subresource,
      String namespace,
      String name,
      boolean dryRun,
      Command command) {
    this(verb, resource, subresource, namespace, name, dryRun, command, "");
  }

  /** An errand to a resource whose command is known already. */
  public Errand(
      String verb,
      GroupResource resource,
      String subresource,
      String namespace,
      String name,
      boolean dryRun,
      String command) {
    this(verb, resource, subresource, namespace, name, dryRun, Command.of(command), "");
  }

  /** An errand to a path that is no resource. */
  static Errand toPath(String verb, String path) {
    return new Errand(verb, GroupResource.NONE, "", "", "", false, Command.of(""), path);
  }

  Attributes attributes(Subject subject) {
    return new Attributes(subject, verb, resource, subresource, namespace, name, path);
  }
}
