package io.streamjob.operator.core.upgrade;

import java.time.Duration;
import java.time.Instant;

/**
 * How often a job was started again lately after an end that nobody asked for.
 *
 * @param since when the first of them was
 */
public record Restarts(int count, Instant since) {

  /** None so far. */
  public static final Restarts NONE = new Restarts(0, Instant.EPOCH);

  /** What counts as lately where nobody says otherwise. */
  static final Duration LATELY = Duration.ofHours(1);

  /** Whether one more is within the limit of {@code most} in the time {@code within}. */
  boolean allow(int most, Duration within, Instant now) {
    return lately(within, now).count < most;
  }

  /** With one more. */
  Restarts andOne(Duration within, Instant now) {
    Restarts lately = lately(within, now);
    return lately.count == 0 ? new Restarts(1, now) : new Restarts(lately.count + 1, lately.since);
  }

  private Restarts lately(Duration within, Instant now) {
    return now.isAfter(since.plus(within)) ? NONE : this;
  }
}
