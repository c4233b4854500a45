package io.streamjob.operator.core.savepoint;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import java.time.Duration;
import java.util.Optional;

/** What a pass over a Savepoint should do. */
public sealed interface SavepointDecision {

  /** Write this state, then look again. */
  record Transition(SavepointState next, String message) implements SavepointDecision {}

  /** Do this, if anything, and look again; meanwhile say so. */
  record Act(Optional<Call> call, Duration recheckAfter, String reason, String message)
      implements SavepointDecision {}

  /**
   * It is complete and verified.
   *
   * @param facts what {@link Call.Verify} replied
   */
  record Complete(String location, String facts) implements SavepointDecision {}

  /** It will never come. */
  record Fail(String reason, String message) implements SavepointDecision {}

  /** A call that is sent and not waited for. */
  sealed interface Call {

    /** Names the call and its reply. */
    String key();

    /** Ask Flink for the savepoint. */
    record Trigger(String key, Attempt attempt, SavepointFormat format) implements Call {}

    /** Look into the attempt's folder; replies with the location, or nothing. */
    record Find(String key, Attempt attempt) implements Call {}

    /** Read the snapshot back; replies with facts. */
    record Verify(String key, Attempt attempt, String location) implements Call {}
  }
}
