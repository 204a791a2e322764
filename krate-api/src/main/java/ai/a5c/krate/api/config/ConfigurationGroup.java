package ai.a5c.krate.api.config;

/** The API group of configuration. */
public final class ConfigurationGroup {
  public static final String NAME = "config.krate.a5c.ai";
  public static final String VERSION = "v1alpha1";

  /** The category of these kinds, beside {@code krate}. */
  public static final String CATEGORY = "krate-config";

  private ConfigurationGroup() {}
}
