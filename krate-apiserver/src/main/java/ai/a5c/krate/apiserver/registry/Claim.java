package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.GroupResource;

/**
 * A further right that an object asks of its writer, in the object's own namespace, because it
 * speaks of something that the resource alone does not name.
 *
 * @param subresource may be empty
 * @param name of the object that the right is about
 * @param reference the field that refers to that object, if who lacks the right is to be told that
 *     there is no such object, whether there is one or not; empty if he is told what he lacks
 */
public record Claim(
    String verb, GroupResource resource, String subresource, String name, String reference) {
  /** A right of which the writer is told when he lacks it. */
  public Claim(String verb, GroupResource resource, String subresource, String name) {
    this(verb, resource, subresource, name, "");
  }
}
