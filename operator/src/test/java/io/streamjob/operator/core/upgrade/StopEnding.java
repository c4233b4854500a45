package io.streamjob.operator.core.upgrade;

/** How a stop-with-savepoint ends. */
enum StopEnding {
  /** The savepoint fails and the job goes on. */
  SAVEPOINT_FAILS,
  /** The savepoint is complete, a task does not end, and the job falls back to a checkpoint. */
  STOPPING_FAILS,
  /** The JobManager dies before the savepoint is complete. */
  DIES_BEFORE,
  /** The JobManager dies when the savepoint is complete and the job not yet stopped. */
  DIES_MIDWAY,
  /** The JobManager dies right after the job finished. */
  DIES_AFTER,
  SUCCEEDS
}
