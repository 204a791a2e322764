package ai.a5c.krate.apiserver.authz.rbac;

/**
 * Names a binding.
 *
 * @param namespace empty for one that holds everywhere
 */
record BindingKey(String namespace, String name) implements Comparable<BindingKey> {
  @Override
  public int compareTo(BindingKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }
}
