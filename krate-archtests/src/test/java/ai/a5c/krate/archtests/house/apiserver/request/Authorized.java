package ai.a5c.krate.archtests.house.apiserver.request;

/** A stage that everybody can make. */
public final class Authorized {
  public Authorized() {}
}
