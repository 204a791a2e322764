package ai.a5c.krate.api.admission;

/** The API group of Kubernetes' admission policies. */
public final class AdmissionGroup {
  public static final String NAME = "admissionregistration.k8s.io";
  public static final String VERSION = "v1";

  private AdmissionGroup() {}
}
