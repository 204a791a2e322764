package ai.a5c.krate.spi.executor;

import ai.a5c.krate.api.meta.Secret;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a runner runs.
 *
 * @param script run by the interpreter of its first line if that begins with {@code #!}, otherwise
 *     by {@code /bin/sh -e}
 * @param environment all of it, beside PATH, HOME, TMPDIR, LANG and KRATE_SECRETS, which the runner
 *     gives
 * @param workingDirectory relative to the workspace; empty for the workspace itself
 * @param secrets files by name, which the step finds in the folder {@code $KRATE_SECRETS}, readable
 *     by nobody else, in memory alone; no other step does
 * @param timeout after which it is ended
 */
public record Step(
    String script,
    Map<String, String> environment,
    String workingDirectory,
    Map<String, Secret> secrets,
    Duration timeout) {
  public Step {
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    secrets = Collections.unmodifiableMap(new TreeMap<>(secrets));
  }
}
