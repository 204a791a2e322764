package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;

/**
 * What somebody wants to do, as RBAC speaks of it.
 *
 * @param verb in lower case; Kubernetes' verbs, or one of ours such as {@code merge}
 * @param resource the collection
 * @param subresource empty for the object itself
 * @param namespace empty for cluster scope, or for all namespaces
 * @param name empty for the collection
 */
public record Attributes(
    Subject subject,
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name) {

  /** The same question about another verb and object. */
  public Attributes asking(String verb, GroupResource resource, String subresource, String name) {
    return new Attributes(subject, verb, resource, subresource, namespace, name);
  }

  /** The sentence of Kubernetes' refusals: who cannot do what, where. */
  public String refusal() {
    String what =
        subresource.isEmpty() ? resource.resource() : resource.resource() + "/" + subresource;
    String where =
        namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"";
    String named = name.isEmpty() ? resource.toString() : resource + " \"" + name + "\"";
    return named
        + " is forbidden: User \""
        + subject.name()
        + "\" cannot "
        + verb
        + " resource \""
        + what
        + "\" in API group \""
        + resource.group()
        + "\" "
        + where;
  }
}
