package io.streamjob.operator.flink;

import java.time.Duration;

/**
 * How {@link JobWatcher} polls.
 *
 * @param busy between two polls of a busy cluster
 * @param busyBackOff the most between two polls while it does not answer
 * @param calm between two polls of a calm cluster, give or take a fifth
 * @param calmBackOff the most between two polls while it does not answer
 * @param poll the longest that one poll may take
 * @param concurrentPolls at most, over all clusters
 */
public record WatcherOptions(
    Duration busy,
    Duration busyBackOff,
    Duration calm,
    Duration calmBackOff,
    Duration poll,
    int concurrentPolls) {

  public static WatcherOptions defaults() {
    return new WatcherOptions(
        Duration.ofMillis(150),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        64);
  }

  /**
   * The pause after a poll. It doubles with every poll in a row that failed, from the second on:
   * the first may be noise, and only the next one tells.
   */
  Duration pause(Pace pace, int failures) {
    return switch (pace) {
      case BUSY -> backOff(busy, busyBackOff, failures);
      case CALM -> backOff(calm, calmBackOff, failures);
    };
  }

  private static Duration backOff(Duration usual, Duration most, int failures) {
    Duration longer = usual.multipliedBy(1L << Math.clamp(failures - 1L, 0, 10));
    return failures == 0 || longer.compareTo(most) < 0 ? longer : most;
  }
}
