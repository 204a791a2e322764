package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.SEMVER;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;

/** The semver library of Kubernetes, version 1. */
final class Semvers {
  private Semvers() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("semver", SEMVER, STRING)
        .global("semver", SEMVER, STRING, BOOL)
        .global("isSemver", BOOL, STRING)
        .global("isSemver", BOOL, STRING, BOOL)
        .member("isGreaterThan", BOOL, SEMVER, SEMVER)
        .member("isLessThan", BOOL, SEMVER, SEMVER)
        .member("compareTo", INT, SEMVER, SEMVER)
        .member("major", INT, SEMVER)
        .member("minor", INT, SEMVER)
        .member("patch", INT, SEMVER)
        .serve("semver", String.class, Semvers::parse)
        .serve("isSemver", String.class, Semvers::isSemver)
        .serve("isGreaterThan", Semver.class, call -> compare(call) > 0)
        .serve("isLessThan", Semver.class, call -> compare(call) < 0)
        .serve("compareTo", Semver.class, Semvers::compare)
        .serve("major", Semver.class, call -> call.as(0, Semver.class).major())
        .serve("minor", Semver.class, call -> call.as(0, Semver.class).minor())
        .serve("patch", Semver.class, call -> call.as(0, Semver.class).patch());
  }

  private static Semver parse(Call call) {
    boolean tolerant = call.count() > 1 && call.bool(1);
    return tolerant ? Semver.parseTolerantly(call.string(0)) : Semver.parse(call.string(0));
  }

  private static boolean isSemver(Call call) {
    boolean tolerant = call.count() > 1 && call.bool(1);
    String text = call.string(0);
    try {
      return (tolerant ? Semver.parseTolerantly(text) : Semver.parse(text)).major() >= 0;
    } catch (NoValue e) {
      return false;
    }
  }

  private static long compare(Call call) {
    return call.as(0, Semver.class).compareTo(call.as(1, Semver.class));
  }
}
