package ai.a5c.krate.apiserver.admission;

import java.util.List;

/** May refuse what is about to be committed, and cannot change it. */
@FunctionalInterface
public interface ValidatingAdmission {
  /** Every objection, each a line for the caller; none lets the object pass. */
  List<String> objections(Admission asked);
}
