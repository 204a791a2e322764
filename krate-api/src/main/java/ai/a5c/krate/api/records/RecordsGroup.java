package ai.a5c.krate.api.records;

/** The API group of records. */
public final class RecordsGroup {
  public static final String NAME = "krate.a5c.ai";
  public static final String VERSION = "v1alpha1";

  /** The category of these kinds, beside {@code krate}. */
  public static final String CATEGORY = "krate-records";

  private RecordsGroup() {}
}
