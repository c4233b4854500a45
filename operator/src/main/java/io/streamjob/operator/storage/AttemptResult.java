package io.streamjob.operator.storage;

import java.util.List;

/** What a savepoint attempt left in its folder. */
public sealed interface AttemptResult {

  /** Nothing: not begun, or cleaned up by Flink. */
  record None() implements AttemptResult {}

  /**
   * Files without a {@code _metadata}: being written still, or abandoned.
   *
   * @param files how many were seen, 1 to 1000
   */
  record Incomplete(int files) implements AttemptResult {}

  /**
   * Exactly one complete savepoint.
   *
   * @param location its folder, with the scheme of the access's root
   */
  record Complete(SnapshotPath location) implements AttemptResult {}

  /**
   * More than one complete savepoint, which Flink does not do: the folder was used twice.
   *
   * @param locations their folders, sorted
   */
  record Ambiguous(List<SnapshotPath> locations) implements AttemptResult {

    public Ambiguous {
      locations = List.copyOf(locations);
    }
  }
}
