package io.streamjob.operator.core.observed;

/** A Savepoint that a job wants to start from. */
public sealed interface SavepointView {

  /** There is none of that name, or none was asked for. */
  record Missing() implements SavepointView {}

  /** It exists and is not complete. */
  record Incomplete(String why) implements SavepointView {}

  /** It is complete and verified. */
  record Ready(String location) implements SavepointView {}
}
