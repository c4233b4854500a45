package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A reply as the operator keeps it.
 *
 * @param problem why the call was not done, as far as is known
 * @param isOld whether so much time has passed that the call may be repeated
 */
record Heard(String value, Optional<Problem> problem, boolean isOld) {

  static Heard done(String value) {
    return new Heard(value, Optional.empty(), false);
  }

  static Heard failed(String reason) {
    return new Heard("", Optional.of(new Problem(reason, "it was not done", false)), false);
  }

  static Heard refused(String reason) {
    return new Heard("", Optional.of(new Problem(reason, "never", true)), false);
  }

  Heard aged() {
    return new Heard(value, problem, true);
  }

  Reply at(Instant now) {
    Instant came = isOld ? now.minus(Duration.ofHours(1)) : now;
    return problem
        .<Reply>map(why -> new Reply.Failed(why, came))
        .orElseGet(() -> new Reply.Done(value, came));
  }
}
