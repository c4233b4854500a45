package io.streamjob.operator.core.spec;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.StreamJobSpec.UpgradeStrategy;
import java.time.Duration;
import java.util.Optional;

/**
 * What the user wants now.
 *
 * @param generation the generation of the spec that says so
 * @param onFailure empty: a job that failed for good stays as it is
 */
public record Desired(
    long generation,
    Lifecycle lifecycle,
    RevisionSpec revision,
    Optional<InitialState> initialState,
    SavepointFormat savepointFormat,
    boolean savepointOnDelete,
    UpgradeStrategy strategy,
    Optional<RestartPolicy> onFailure) {

  /** Whether and how the job should exist. */
  public enum Lifecycle {
    RUNNING,
    SUSPENDED,
    DELETED
  }

  /** The state that the first run starts from. */
  public sealed interface InitialState {

    /** A Savepoint of the namespace. */
    record OfSavepoint(String name) implements InitialState {}

    /** A folder on the storage. */
    record OfLocation(String location) implements InitialState {}

    /** None, on purpose. */
    record Empty() implements InitialState {}
  }

  /**
   * A job that failed for good is started again.
   *
   * @param restarts how often at most, at least 1
   * @param within in which time
   */
  public record RestartPolicy(int restarts, Duration within) {}

  /** What a plan answers to: as long as it stays the same, nothing new was asked for. */
  public String goal() {
    return lifecycle
        + ":"
        + revision.digest()
        + initialState.map(state -> ":" + Digests.ofText(state.toString())).orElse("");
  }
}
