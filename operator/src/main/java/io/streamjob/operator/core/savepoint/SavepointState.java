package io.streamjob.operator.core.savepoint;

import io.streamjob.operator.core.state.StateFormat;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the operator remembers of a Savepoint, for as long as it exists: every attempt may have left
 * files behind.
 *
 * @param past attempts that are over, oldest first
 * @param attempt the one under way
 */
public record SavepointState(List<Attempt> past, Optional<Attempt> attempt) {

  /** Nothing was begun. */
  public static final SavepointState NEW = new SavepointState(List.of(), Optional.empty());

  /** How it stands in the status. */
  public static final StateFormat<SavepointState> FORMAT =
      new StateFormat<>(SavepointState.class, 1);

  public SavepointState {
    past = List.copyOf(past);
  }

  /**
   * One try.
   *
   * @param operationId Flink's trigger id, and the name of the attempt's folder
   * @param revision whose cluster was asked, whatever the job runs on now
   * @param profile where the folder lies
   */
  public record Attempt(
      String operationId, String jobId, int revision, String profile, Instant since) {}

  /** All attempts, oldest first. */
  public List<Attempt> all() {
    return Stream.concat(past.stream(), attempt.stream()).toList();
  }

  SavepointState begin(Attempt next) {
    return new SavepointState(past, Optional.of(next));
  }

  /** The attempt under way is over, whatever came of it. */
  public SavepointState over() {
    return new SavepointState(all(), Optional.empty());
  }
}
