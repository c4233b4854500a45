package io.streamjob.operator.core.observed;

import java.time.Instant;
import java.util.Optional;

/**
 * One Flink job as REST shows it.
 *
 * @param id Flink's job id, 32 hexadecimal digits
 * @param runningTasks subtasks that run, or have come to the end of their input; all of them must
 *     for the job to produce output
 * @param totalTasks subtasks of all vertices; 0 until the job graph is scheduled
 * @param completedCheckpoints checkpoints completed in this run, savepoints left out
 * @param latestCheckpoint the folder of the newest completed checkpoint of this run
 * @param latestCheckpointAt when it was begun, by the JobManager's clock
 * @param stoppedWith the savepoint that was to stop the job, whoever asked for it, if nothing was
 *     completed after it; a job that is FINISHED was stopped with it
 * @param failure why the job failed or restarts, in one line
 */
public record JobView(
    String id,
    JobState state,
    int runningTasks,
    int totalTasks,
    long completedCheckpoints,
    Optional<String> latestCheckpoint,
    Optional<Instant> latestCheckpointAt,
    Optional<String> stoppedWith,
    Optional<String> failure) {

  /** A job of whose snapshots nobody asks more. */
  public JobView(
      String id,
      JobState state,
      int runningTasks,
      int totalTasks,
      long completedCheckpoints,
      Optional<String> latestCheckpoint,
      Optional<String> failure) {
    this(
        id,
        state,
        runningTasks,
        totalTasks,
        completedCheckpoints,
        latestCheckpoint,
        Optional.empty(),
        Optional.empty(),
        failure);
  }

  /** This job, its failure in other words. */
  public JobView withFailure(Optional<String> words) {
    return new JobView(
        id,
        state,
        runningTasks,
        totalTasks,
        completedCheckpoints,
        latestCheckpoint,
        latestCheckpointAt,
        stoppedWith,
        words);
  }

  /** Whether a snapshot is complete that its sinks have committed output for. */
  public boolean hasCommitted() {
    return completedCheckpoints > 0 || stoppedWith.isPresent();
  }

  /** Whether every subtask runs, as far as it has any input left. */
  public boolean isFullyRunning() {
    return state == JobState.RUNNING && totalTasks > 0 && runningTasks == totalTasks;
  }
}
