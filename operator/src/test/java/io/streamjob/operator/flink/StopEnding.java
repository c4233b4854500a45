package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.operator.core.observed.JobState;
import java.util.Optional;

/** How a stop-with-savepoint of {@link ScriptedFlink} ends. */
public enum StopEnding {
  /** The usual end: FINISHED and a location. */
  SUCCEEDS(Snapshot.COMPLETE, JobManager.LIVES, JobState.FINISHED),
  /** No snapshot; the job goes on. */
  SNAPSHOT_FAILS(Snapshot.NONE, JobManager.LIVES, JobState.RUNNING),
  /** A snapshot, but a task did not finish: the default scheduler of 2.3 fails the job for good. */
  STOPPING_FAILS_JOB_FAILED(Snapshot.COMPLETE, JobManager.LIVES, JobState.FAILED),
  /** The same where Flink falls back to the latest checkpoint, older than the savepoint. */
  STOPPING_FAILS_JOB_RUNS(Snapshot.COMPLETE, JobManager.LIVES, JobState.RUNNING),
  /** The JobManager dies before the snapshot is complete; the next one does not know the job. */
  DIES_MIDWAY_JOB_GONE(Snapshot.INCOMPLETE, JobManager.DIES),
  /** The same, but the snapshot is complete. */
  DIES_MIDWAY_JOB_GONE_SNAPSHOT_COMPLETE(Snapshot.COMPLETE, JobManager.DIES),
  /** The JobManager dies before the snapshot is complete; high availability resumes the job. */
  DIES_MIDWAY_JOB_RUNS(Snapshot.INCOMPLETE, JobManager.DIES, JobState.RUNNING),
  /** The same, but the snapshot is complete. */
  DIES_MIDWAY_JOB_RUNS_SNAPSHOT_COMPLETE(Snapshot.COMPLETE, JobManager.DIES, JobState.RUNNING),
  /** The job finished, then the JobManager died: neither job nor trigger is known. */
  DIES_AFTER_FINISHED(Snapshot.COMPLETE, JobManager.DIES);

  /** What lies in the attempt's folder afterwards. */
  public enum Snapshot {
    NONE,
    INCOMPLETE,
    COMPLETE
  }

  enum JobManager {
    LIVES,
    DIES
  }

  private final Snapshot snapshot;
  private final JobManager jobManager;
  private final Optional<JobState> jobState;

  StopEnding(Snapshot snapshot, JobManager jobManager, JobState jobState) {
    this.snapshot = snapshot;
    this.jobManager = jobManager;
    this.jobState = Optional.of(jobState);
  }

  StopEnding(Snapshot snapshot, JobManager jobManager) {
    this.snapshot = snapshot;
    this.jobManager = jobManager;
    this.jobState = Optional.empty();
  }

  /** What the trigger says if the JobManager still knows it. */
  JsonNode outcome(String location) {
    return switch (this) {
      case SNAPSHOT_FAILS ->
          ScriptedAnswers.failed(
              "java.io.IOException: Failed to create savepoint directory at " + location);
      case STOPPING_FAILS_JOB_FAILED, STOPPING_FAILS_JOB_RUNS ->
          ScriptedAnswers.failed(
              "org.apache.flink.runtime.scheduler.stopwithsavepoint."
                  + "StopWithSavepointStoppingException: A savepoint has been created at: "
                  + location);
      case SUCCEEDS,
          DIES_MIDWAY_JOB_GONE,
          DIES_MIDWAY_JOB_GONE_SNAPSHOT_COMPLETE,
          DIES_MIDWAY_JOB_RUNS,
          DIES_MIDWAY_JOB_RUNS_SNAPSHOT_COMPLETE,
          DIES_AFTER_FINISHED ->
          ScriptedAnswers.completed(location);
    };
  }

  Snapshot snapshot() {
    return snapshot;
  }

  JobManager jobManager() {
    return jobManager;
  }

  /** The job's state afterwards; empty if nobody knows it any more. */
  Optional<JobState> jobState() {
    return jobState;
  }
}
