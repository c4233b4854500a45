package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestartsTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static Restarts restarts(int count) {
    Restarts restarts = Restarts.NONE;
    for (int i = 0; i < count; i++) {
      restarts = restarts.andOne(HOUR, NOON.plusSeconds(i));
    }
    return restarts;
  }

  @Test
  void areAllowedUpToTheirLimit() {
    assertThat(restarts(1).allow(2, HOUR, NOON)).isTrue();
    assertThat(restarts(2).allow(2, HOUR, NOON)).isFalse();
  }

  @Test
  void areCountedFromTheFirstOfThemOn() {
    assertThat(restarts(3)).isEqualTo(new Restarts(3, NOON));
    assertThat(restarts(3).allow(3, HOUR, NOON.plus(HOUR))).isFalse();
  }

  @Test
  void beginAnewWhenTheirTimeIsOver() {
    Instant later = NOON.plus(HOUR).plusSeconds(1);
    assertThat(restarts(3).allow(3, HOUR, later)).isTrue();
    assertThat(restarts(3).andOne(HOUR, later)).isEqualTo(new Restarts(1, later));
  }
}
