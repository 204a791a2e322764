package ai.a5c.krate.apiserver.authz.rbac;

/** A user or a group, as bindings name them; service accounts are users with a long name. */
record Holder(boolean group, String name) {
  static Holder user(String name) {
    return new Holder(false, name);
  }

  static Holder group(String name) {
    return new Holder(true, name);
  }

  static Holder serviceAccount(String namespace, String name) {
    return user("system:serviceaccount:" + namespace + ":" + name);
  }
}
