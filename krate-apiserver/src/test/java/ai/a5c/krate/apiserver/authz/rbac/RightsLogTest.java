package ai.a5c.krate.apiserver.authz.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RightsLogTest {
  private static final Holder ADA = Holder.user("ada");
  private static final Holder DEVELOPERS = Holder.group("developers");

  @Test
  void aChangeIsOfItsNamespace() {
    RightsLog log = new RightsLog(3, 100);
    log.changed(ADA, "team", 7);
    assertThat(log.newest(ADA, "team")).isEqualTo(7);
    assertThat(log.newest(ADA, "other")).isEqualTo(3);
    assertThat(log.newest(ADA, "")).isEqualTo(7);
    assertThat(log.newest(DEVELOPERS, "team")).isEqualTo(3);
  }

  @Test
  void whatHoldsEverywhereHoldsInEveryNamespace() {
    RightsLog log = new RightsLog(0, 100);
    log.changed(DEVELOPERS, "", 9);
    assertThat(log.newest(DEVELOPERS, "team")).isEqualTo(9);
  }

  @Test
  void whatIsForgottenCountsAsChangedForEverybody() {
    RightsLog log = new RightsLog(0, 10);
    for (int i = 1; i <= 20; i++) {
      log.changed(Holder.user("user-" + i), "team", i);
    }
    assertThat(log.newest(Holder.user("user-20"), "team")).isEqualTo(20);
    assertThat(log.newest(Holder.user("user-1"), "team")).isBetween(15L, 20L);
    assertThat(log.newest(ADA, "team")).isBetween(15L, 20L);
  }
}
