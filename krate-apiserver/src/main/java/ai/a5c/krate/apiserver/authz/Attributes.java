package ai.a5c.krate.apiserver.authz;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;

/**
 * What somebody wants to do, as RBAC speaks of it: with a resource, or with a path that is none.
 *
 * @param verb in lower case; Kubernetes' verbs, or one of ours such as {@code merge}
 * @param resource the collection; {@link GroupResource#NONE} of a path
 * @param subresource empty for the object itself
 * @param namespace empty for cluster scope, or for all namespaces
 * @param name empty for the collection
 * @param path of what is no resource, such as {@code /version}; empty for a resource
 */
public record Attributes(
    Subject subject,
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name,
    String path) {
  /** What somebody wants to do with a resource. */
  public Attributes(
      Subject subject,
      String verb,
      GroupResource resource,
      String subresource,
      String namespace,
      String name) {
    this(subject, verb, resource, subresource, namespace, name, "");
  }

  /** What somebody wants to do with a path that is no resource. */
  public static Attributes ofPath(Subject subject, String verb, String path) {
    return new Attributes(subject, verb, GroupResource.NONE, "", "", "", path);
  }

  /** Whether this is about a path that is no resource. */
  public boolean isPath() {
    return !path.isEmpty();
  }

  /** The same question about another verb and object. */
  public Attributes asking(String verb, GroupResource resource, String subresource, String name) {
    return new Attributes(subject, verb, resource, subresource, namespace, name);
  }

  /** The sentence of Kubernetes' refusals: who cannot do what, where. */
  public String refusal() {
    String who = "User \"" + subject.name() + "\" cannot " + verb;
    if (isPath()) {
      return "forbidden: " + who + " path \"" + path + "\"";
    }
    String what =
        subresource.isEmpty() ? resource.resource() : resource.resource() + "/" + subresource;
    String where =
        namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"";
    String named = name.isEmpty() ? resource.toString() : resource + " \"" + name + "\"";
    return named
        + " is forbidden: "
        + who
        + " resource \""
        + what
        + "\" in API group \""
        + resource.group()
        + "\" "
        + where;
  }
}
