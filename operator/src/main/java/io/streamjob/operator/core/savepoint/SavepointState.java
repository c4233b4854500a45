package io.streamjob.operator.core.savepoint;

import java.time.Instant;
import java.util.Optional;

/**
 * What the operator remembers of a Savepoint that is not complete yet.
 *
 * @param attempts how many were begun
 * @param attempt the one under way
 */
public record SavepointState(int attempts, Optional<Attempt> attempt) {

  /** Nothing was begun. */
  public static final SavepointState NEW = new SavepointState(0, Optional.empty());

  /**
   * One try.
   *
   * @param operationId Flink's trigger id, and the name of the attempt's folder
   * @param revision whose cluster runs the job
   * @param profile where the folder lies
   */
  public record Attempt(
      String operationId, String jobId, int revision, String profile, Instant since) {}

  SavepointState begin(Attempt next) {
    return new SavepointState(attempts + 1, Optional.of(next));
  }

  SavepointState giveBack() {
    return new SavepointState(attempts, Optional.empty());
  }
}
