package io.streamjob.operator.core.observed;

/**
 * What Flink says of a savepoint or stop-with-savepoint that was asked for ({@code GET
 * /jobs/:id/savepoints/:triggerid}).
 */
public sealed interface TriggerView {

  /** Flink does not know the trigger: never asked, forgotten, or the JobManager restarted. */
  record Unknown() implements TriggerView {}

  /** Flink is at it. */
  record InProgress() implements TriggerView {}

  /**
   * The snapshot is complete.
   *
   * @param location the snapshot's folder
   */
  record Completed(String location) implements TriggerView {}

  /**
   * The operation ended in an error.
   *
   * @param cause the simple name of the innermost exception that says why
   * @param message its message in one line, at most 500 characters
   */
  record Failed(String cause, String message) implements TriggerView {}
}
