package ai.a5c.krate.api.meta;

/**
 * A collection of objects by the plural name that URLs and RBAC use.
 *
 * @param group the API group, empty for the core group
 * @param resource the plural, lower case: {@code pullrequests}; empty in {@link #NONE} alone
 */
public record GroupResource(String group, String resource) implements Comparable<GroupResource> {
  /** No collection: what is asked of a path that is no resource. */
  public static final GroupResource NONE = new GroupResource("", "");

  public GroupResource {
    if (resource.isEmpty() && !group.isEmpty()) {
      throw new IllegalArgumentException("a resource has a plural name");
    }
  }

  @Override
  public int compareTo(GroupResource other) {
    int byGroup = group.compareTo(other.group);
    return byGroup != 0 ? byGroup : resource.compareTo(other.resource);
  }

  /** {@code pullrequests.krate.a5c.ai}, or the plural alone in the core group. */
  @Override
  public String toString() {
    return group.isEmpty() ? resource : resource + "." + group;
  }
}
