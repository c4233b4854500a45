package io.streamjob.operator.core.observed;

/** A Savepoint that a job starts from, or was stopped with. */
public sealed interface SavepointView {

  /** There is none of that name. */
  record Missing() implements SavepointView {}

  /** It is not complete yet. */
  record Incomplete(String why) implements SavepointView {}

  /** It never will be complete. */
  record Broken(String why) implements SavepointView {}

  /** It is complete and verified. */
  record Ready(String location) implements SavepointView {}
}
