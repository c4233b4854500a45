package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.StreamJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  private final Scene.Hands hands = new Scene.Hands();
  private final List<String> woken = new ArrayList<>();
  private final List<String> gone = new ArrayList<>();
  private final List<StreamJob> cache = new ArrayList<>();
  private final Watchdog watchdog =
      new Watchdog(hands, object -> woken.add(object.getMetadata().getUid()), gone::add);

  WatchdogTest() {
    watchdog.watch(cache::stream);
    StreamJob job = Scene.job("image: example/orders:1");
    job.getMetadata().setUid("one");
    cache.add(job);
  }

  private void checkAfter(Duration time) {
    hands.move(time);
    watchdog.check();
  }

  @Test
  void letsAnObjectBeThatHasItsPasses() {
    for (int i = 0; i < 5; i++) {
      watchdog.begin("one");
      watchdog.end("one", Optional.of(Duration.ofMinutes(10)));
      checkAfter(Duration.ofMinutes(20));
    }
    assertThat(woken).isEmpty();
    assertThat(watchdog.isWell()).isTrue();
  }

  @Test
  void wakesAnObjectWhosePassIsOverdue() {
    watchdog.end("one", Optional.of(Duration.ofMinutes(10)));
    checkAfter(Duration.ofMinutes(26));
    assertThat(woken).containsExactly("one");
    assertThat(watchdog.isWell()).isTrue();
    watchdog.begin("one");
    watchdog.end("one", Optional.of(Duration.ofMinutes(10)));
    checkAfter(Duration.ofMinutes(5));
    assertThat(woken).hasSize(1);
  }

  @Test
  void callsTheProcessUnwellWhenWakingDoesNotHelp() {
    watchdog.end("one", Optional.of(Duration.ofMinutes(10)));
    checkAfter(Duration.ofMinutes(26));
    checkAfter(Duration.ofMinutes(6));
    assertThat(watchdog.isWell()).isFalse();
  }

  @Test
  void noticesAPassThatNeverEnds() {
    watchdog.begin("one");
    checkAfter(Duration.ofMinutes(11));
    assertThat(watchdog.isWell()).isFalse();
  }

  @Test
  void noticesAnObjectThatNeverHadAPass() {
    watchdog.check();
    checkAfter(Duration.ofSeconds(30));
    assertThat(woken).containsExactly("one");
    assertThat(watchdog.isWell()).isTrue();
    checkAfter(Duration.ofMinutes(6));
    assertThat(watchdog.isWell()).isFalse();
  }

  @Test
  void expectsNoPassOfWhatIsCompleteUntilItIsToGo() {
    watchdog.end("one", Optional.empty());
    checkAfter(Duration.ofDays(100));
    assertThat(woken).isEmpty();
    cache.getFirst().getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    watchdog.check();
    checkAfter(Duration.ofMinutes(6));
    assertThat(woken).containsExactly("one");
  }

  @Test
  void tellsOfAnObjectThatWentWithoutAPass() {
    watchdog.end("one", Optional.empty());
    cache.clear();
    watchdog.check();
    watchdog.check();
    assertThat(gone).containsExactly("one");
  }
}
