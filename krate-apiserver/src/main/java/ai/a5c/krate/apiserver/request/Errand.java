package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Attributes;
import java.util.List;

/**
 * What a request wants, before anybody has asked who wants it.
 *
 * @param verb in RBAC's words
 * @param subresource empty for the object itself
 * @param namespace empty for cluster scope, or for all namespaces
 * @param name empty for the collection, and for many objects of it
 * @param dryRun whether nothing may be kept of it, not even the audit entry
 * @param command the kubectl or git command that does it again
 * @param path of what is no resource; empty for a resource
 * @param names of the objects, if they are more than one; a new one's may be empty
 */
public record Errand(
    String verb,
    GroupResource resource,
    String subresource,
    String namespace,
    String name,
    boolean dryRun,
    Command command,
    String path,
    List<String> names) {
  public Errand {
    names = List.copyOf(names);
  }

  /** An errand to a resource. */
  public Errand(
      String verb,
      GroupResource resource,
      String subresource,
      String namespace,
      String name,
      boolean dryRun,
      Command command) {
    this(verb, resource, subresource, namespace, name, dryRun, command, "", List.of());
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
    this(verb, resource, subresource, namespace, name, dryRun, Command.of(command), "", List.of());
  }

  /** An errand to a path that is no resource. */
  static Errand toPath(String verb, String path) {
    return new Errand(verb, GroupResource.NONE, "", "", "", false, Command.of(""), path, List.of());
  }

  /** The same errand to objects of these names, one or many. */
  Errand to(List<String> objects) {
    return new Errand(
        verb,
        resource,
        subresource,
        namespace,
        objects.size() == 1 ? objects.getFirst() : "",
        dryRun,
        command,
        path,
        objects.size() == 1 ? List.of() : objects);
  }

  /** Whether it is about more than one object. */
  boolean isToMany() {
    return !names.isEmpty();
  }

  /** The name of one of the objects; of all of them, if it is none of many. */
  String name(int index) {
    return isToMany() && index != Together.NONE ? names.get(index) : name;
  }

  /**
   * What its subject must be allowed. RBAC decides about the creation of objects without their
   * names, and about everything else by them.
   */
  List<Attributes> questions(Subject subject) {
    Attributes all = attributes(subject);
    return !isToMany() || verb.equals("create")
        ? List.of(all)
        : names.stream().map(one -> all.asking(verb, resource, subresource, one)).toList();
  }

  Attributes attributes(Subject subject) {
    return new Attributes(subject, verb, resource, subresource, namespace, name, path);
  }
}
