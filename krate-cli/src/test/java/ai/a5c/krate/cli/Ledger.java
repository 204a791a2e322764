package ai.a5c.krate.cli;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What clients were answered, written down before the next request. May be used concurrently. */
final class Ledger {
  /** Titles of issues that were created, with their names. */
  final Map<String, String> issues = new ConcurrentHashMap<>();

  /** Names of issues, with the last body that was acknowledged. */
  final Map<String, String> bodies = new ConcurrentHashMap<>();

  /** Names of issues, with every body whose patch had no answer since the last acknowledged one. */
  final Map<String, Set<String>> openBodies = new ConcurrentHashMap<>();

  /** Titles of what was refused. */
  final Set<String> refused = ConcurrentHashMap.newKeySet();

  /** Branches, with the commit of the last push that was acknowledged. */
  final Map<String, String> pushes = new ConcurrentHashMap<>();

  /** Branches, with every commit whose push had no answer since the last acknowledged one. */
  final Map<String, Set<String>> openPushes = new ConcurrentHashMap<>();

  /** Commits that git was told were refused. */
  final Set<String> refusedCommits = ConcurrentHashMap.newKeySet();

  /** Titles of pull requests that were opened, with their names. */
  final Map<String, String> pulls = new ConcurrentHashMap<>();

  /** Names of pull requests that were merged, with the commit. */
  final Map<String, String> merges = new ConcurrentHashMap<>();

  /** Names of pull requests whose merge was refused, and never asked for again. */
  final Set<String> refusedMerges = ConcurrentHashMap.newKeySet();

  final AtomicInteger acknowledged = new AtomicInteger();
  final AtomicInteger unknown = new AtomicInteger();

  static void open(Map<String, Set<String>> map, String key, String value) {
    map.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet()).add(value);
  }

  @Override
  public String toString() {
    return "%d acknowledged, %d unknown: %d issues, %d pull requests, %d merges, %d refused"
        .formatted(
            acknowledged.get(),
            unknown.get(),
            issues.size(),
            pulls.size(),
            merges.size(),
            refused.size() + refusedCommits.size() + refusedMerges.size());
  }
}
