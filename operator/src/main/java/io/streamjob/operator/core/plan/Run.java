package io.streamjob.operator.core.plan;

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
 * @param finished whether it reached the end of its bounded input: it wants no restart
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
    boolean finished,
    boolean parked) {

  /** This run, after its first completed checkpoint. */
  public Run withProof() {
    return new Run(revision, digest, generation, jobId, from, submitted, true, finished, parked);
  }

  /** This run, at the end of its input. */
  public Run withFinish() {
    return new Run(revision, digest, generation, jobId, from, submitted, true, true, parked);
  }

  /** This run, brought back by its JobManager or not. */
  public Run withParking(boolean isParked) {
    return new Run(
        revision, digest, generation, jobId, from, submitted, proven, finished, isParked);
  }
}
