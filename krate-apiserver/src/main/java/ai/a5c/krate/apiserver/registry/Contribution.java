package ai.a5c.krate.apiserver.registry;

/**
 * Joins transactions of others: where a change here must be in the same commit as a change there,
 * and neither room may know the other. Shown each plan once it is complete, before it is committed,
 * and again when the commit lost a race. A plan may write several objects of a kind.
 */
@FunctionalInterface
public interface Contribution {
  /**
   * Adds steps on kinds and refs that the contributor owns, of the repository that the plan speaks
   * of. Reads the present state itself: what it read is compared when the plan is committed.
   * Admission does not see what is added. Asked for dry runs too, whose plan is compared with the
   * store and not committed.
   */
  void contribute(Plan plan);
}
