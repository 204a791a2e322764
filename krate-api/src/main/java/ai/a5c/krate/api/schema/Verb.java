package ai.a5c.krate.api.schema;

import java.util.Locale;

/** What can be done with the objects of a kind, in Kubernetes' words. */
public enum Verb {
  GET,
  LIST,
  WATCH,
  CREATE,
  UPDATE,
  PATCH,
  DELETE,
  DELETECOLLECTION;

  /** The spelling of discovery and RBAC. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
