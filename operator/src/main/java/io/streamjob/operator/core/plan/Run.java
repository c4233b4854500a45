package io.streamjob.operator.core.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.streamjob.operator.core.observed.JobState;
import java.time.Instant;
import java.util.Optional;

/**
 * One run of a job: one submission of one revision.
 *
 * @param revision number of the revision; its cluster runs nothing else
 * @param digest of the revision's spec
 * @param generation of the StreamJob that the revision was made from
 * @param jobId Flink's id, 32 hexadecimal digits, never used twice
 * @param from the snapshot that it was started from
 * @param proven whether it completed a checkpoint: from then on it has state of its own, and its
 *     sinks have committed output
 * @param ended how it came to its end by itself
 * @param parked whether what brings it back after its JobManager's death may have been put aside,
 *     because it is being stopped: a lost JobManager is then the operator's to answer for
 */
public record Run(
    int revision,
    String digest,
    long generation,
    String jobId,
    Optional<RestorePoint> from,
    Instant submitted,
    boolean proven,
    Optional<End> ended,
    boolean parked) {

  /**
   * An end that nobody asked for.
   *
   * @param state FINISHED, FAILED or CANCELED
   * @param why in words
   */
  public record End(JobState state, String why) {}

  /** This run, after its first completed checkpoint. */
  public Run withProof() {
    return new Run(revision, digest, generation, jobId, from, submitted, true, ended, parked);
  }

  /** This run, at its end; or after all not. */
  public Run withEnd(Optional<End> end) {
    return new Run(revision, digest, generation, jobId, from, submitted, proven, end, parked);
  }

  /** Whether it reached the end of its bounded input: it wants no restart. */
  public boolean finished() {
    return ended.filter(end -> end.state() == JobState.FINISHED).isPresent();
  }

  /** Whether a savepoint can be had of it that is worth having. */
  @JsonIgnore
  public boolean isSavable() {
    return proven && !failed();
  }

  /** Whether it failed for good, or was cancelled by somebody else. */
  public boolean failed() {
    return ended.isPresent() && !finished();
  }

  /** This run, brought back by its JobManager or not. */
  public Run withParking(boolean isParked) {
    return new Run(revision, digest, generation, jobId, from, submitted, proven, ended, isParked);
  }
}
