package io.streamjob.e2e.suite;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what will be, and says what was seen last if it is not. */
final class Eventually {

  /** Far longer than anything takes on a busy machine: it ends a test that hangs, no more. */
  static final Duration LONG = Duration.ofMinutes(4);

  private static final Duration POLL = Duration.ofMillis(250);

  private Eventually() {}

  /** The first answer to the question; {@code lastSeen} tells what there was instead. */
  static <T> T get(String what, Supplier<Optional<T>> question, Supplier<String> lastSeen) {
    return get(what, POLL, question, lastSeen);
  }

  /** The same, asked that often. */
  static <T> T get(
      String what, Duration poll, Supplier<Optional<T>> question, Supplier<String> lastSeen) {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      pause(poll);
    }
    throw new AssertionError(
        "not within %d s: %s%nlast seen: %s".formatted(LONG.toSeconds(), what, lastSeen.get()));
  }

  /** Waits until it is so. */
  static void is(String what, Supplier<Boolean> question, Supplier<String> lastSeen) {
    get(what, () -> Optional.of(question.get()).filter(yes -> yes), lastSeen);
  }

  /** Holds still, for what must not happen. */
  static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
