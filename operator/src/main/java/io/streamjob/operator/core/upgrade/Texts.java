package io.streamjob.operator.core.upgrade;

import java.time.Duration;

/** How figures are written for people. */
final class Texts {

  private Texts() {}

  /** A duration in whole minutes where it is one, else in seconds. */
  static String duration(Duration duration) {
    return duration.toSecondsPart() == 0 && duration.toMinutes() > 0
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }
}
