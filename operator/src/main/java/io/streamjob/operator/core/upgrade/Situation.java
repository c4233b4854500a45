package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.ParsedSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * All that a decision is made from.
 *
 * @param uid of the StreamJob
 * @param name of the StreamJob
 * @param operatorStarted when this operator began to work: deadlines count from then at the
 *     earliest, because before it nobody looked
 * @param nonce a fresh random text, for an attempt that this decision may open
 */
public record Situation(
    String uid,
    String name,
    ParsedSpec spec,
    MachineState state,
    Observed observed,
    Instant now,
    Instant operatorStarted,
    String nonce,
    Limits limits) {

  Optional<Desired> desired() {
    return spec.wanted();
  }
}
