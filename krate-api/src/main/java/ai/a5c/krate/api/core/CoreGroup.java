package ai.a5c.krate.api.core;

/** The core API group, which has no name. */
public final class CoreGroup {
  public static final String NAME = "";
  public static final String VERSION = "v1";

  private CoreGroup() {}
}
