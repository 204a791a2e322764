package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolStrategyTest {
  @TempDir Path folder;

  @Test
  void whatAnUntrustedPoolMayNotHaveIsRefused() {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      assertThatThrownBy(() -> forge.pool("a", "Untrusted", ", 'network': 'Host'"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("spec.network");
      assertThatThrownBy(() -> forge.pool("a", "Untrusted", ", 'secrets': ['x']"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("spec.secrets");
      forge.pool("a", "Untrusted", ", 'network': 'None'");
      forge.pool("b", "Trusted", ", 'network': 'Host', 'secrets': ['x']");
    }
  }

  @Test
  void aPoolSaysHowManyRunnersItKeepsWarm() {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      forge.pool("open", "Untrusted", "");
      forge.pool("closed", "Trusted", "");
      forge.pool("small", "Trusted", ", 'maxReplicas': 1");
      assertThat(warm(forge, "open")).isEqualTo("0");
      assertThat(warm(forge, "closed")).isEqualTo("2");
      assertThat(warm(forge, "small")).isEqualTo("1");

      var unused =
          forge.ada.update(
              ForgeKinds.RUNNER_POOL,
              "team",
              "closed",
              old -> old.with(Json.number(1), "spec", "maxReplicas"));
      assertThat(warm(forge, "closed")).isEqualTo("1");
      assertThatThrownBy(
              () ->
                  forge.ada.update(
                      ForgeKinds.RUNNER_POOL,
                      "team",
                      "closed",
                      old -> old.with(Json.number(2), "spec", "warmReplicas")))
          .hasMessageContaining("spec.warmReplicas");
      unused =
          forge.ada.update(
              ForgeKinds.RUNNER_POOL,
              "team",
              "closed",
              old -> old.with(null, "spec", "warmReplicas"));
      assertThat(warm(forge, "closed")).isEqualTo("1");
    }
  }

  private static String warm(RunnerForge forge, String pool) {
    return forge
        .server
        .objects()
        .get(ForgeKinds.RUNNER_POOL, "team", pool)
        .flatMap(found -> found.at("spec", "warmReplicas"))
        .map(Object::toString)
        .orElse("");
  }

  @Test
  void limitsThatNoRunnerCanHaveAreRefused() {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      for (String limits : new String[] {"'cpu': '1'", "'memory': '1Ki'", "'pids': '2'"}) {
        assertThatThrownBy(
                () ->
                    forge.pool("a", "Trusted", ", 'resources': {'limits': {%s}}".formatted(limits)))
            .isInstanceOf(ApiException.class)
            .hasMessageContaining("spec.resources.limits");
      }
      assertThatThrownBy(() -> forge.pool("a", "Trusted", ", 'warmReplicas': 3, 'maxReplicas': 2"))
          .hasMessageContaining("spec.warmReplicas");
      assertThatThrownBy(() -> forge.pool("a", "Trusted", ", 'jobTimeout': '25h'"))
          .hasMessageContaining("spec.jobTimeout");
    }
  }

  @Test
  void quantitiesAreThoseOfKubernetes() {
    assertThat(PoolLimits.of(new RunnerPool.Resources(Map.of())))
        .isEqualTo(new PoolLimits(2L << 30, 4L << 30, 512));
    assertThat(
            PoolLimits.of(
                new RunnerPool.Resources(
                    Map.of("memory", "1.5Gi", "ephemeral-storage", "500M", "pids", "1k"))))
        .isEqualTo(new PoolLimits(3L << 29, 500_000_000, 1_000));
  }
}
