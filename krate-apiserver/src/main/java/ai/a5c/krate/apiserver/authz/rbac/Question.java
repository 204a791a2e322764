package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.apiserver.authz.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a role, prepared once and put to many.
 *
 * @param resource with its subresource: {@code repositories/git}
 * @param anyResource the subresource of whatever resource, with a star before it; empty without one
 * @param name empty for the collection; null asks for what holds whatever the name
 */
record Question(
    String verb, String group, String resource, String anyResource, @Nullable String name) {

  static Question of(Attributes attributes) {
    String resource = attributes.resource().resource();
    String subresource = attributes.subresource();
    return subresource.isEmpty()
        ? new Question(
            attributes.verb(), attributes.resource().group(), resource, "", attributes.name())
        : new Question(
            attributes.verb(),
            attributes.resource().group(),
            resource + "/" + subresource,
            "*/" + subresource,
            attributes.name());
  }

  /**
   * Whether somebody holds a part of a rule.
   *
   * @param resource as rules write it
   * @param name null if the rule is not limited to names
   */
  static Question ofPart(String verb, String group, String resource, @Nullable String name) {
    int slash = resource.indexOf('/');
    String any = slash < 0 ? "" : "*" + resource.substring(slash);
    return new Question(verb, group, resource, any, name);
  }
}
