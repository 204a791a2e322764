package ai.a5c.krate.benchmarks;

/**
 * One line of the table.
 *
 * @param load what was done, and by how many clients
 * @param figure what Krate gave
 * @param beside what a peer or the machine gave in the same run
 * @param ratio how the two compare, or an empty text
 */
record Row(String load, String figure, String beside, String ratio) {
  static Row of(String load, String figure, String beside) {
    return new Row(load, figure, beside, "");
  }

  /** A line whose ratio is Krate's rate over the other one. */
  static Row ofRates(String load, Sample krate, String peer, Sample other) {
    return new Row(
        load,
        krate.text(),
        peer + ": " + other.text(),
        Numbers.percent(krate.perSecond(), other.perSecond()));
  }

  Row beside(String more) {
    return new Row(load, figure, beside + "; " + more, ratio);
  }
}
