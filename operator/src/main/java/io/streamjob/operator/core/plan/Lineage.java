package io.streamjob.operator.core.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.streamjob.operator.core.observed.JobState;
import java.util.Optional;

/**
 * The runs that share one state, one after the other. At any time at most one of them may write.
 *
 * @param current the run that may write; empty while none may
 * @param previous the run before, ended, its cluster kept for a way back
 * @param restorePoint what the next run starts from; empty while the current run's own state is
 *     ahead of every snapshot
 * @param initialStateUsed whether spec.initialState has done its duty
 */
public record Lineage(
    Optional<Run> current,
    Optional<Run> previous,
    Optional<RestorePoint> restorePoint,
    boolean initialStateUsed) {

  /** A job that never ran. */
  public static final Lineage EMPTY =
      new Lineage(Optional.empty(), Optional.empty(), Optional.empty(), false);

  /** The next run will start from {@code point}. */
  public Lineage restoringFrom(RestorePoint point) {
    return new Lineage(current, previous, Optional.of(point), initialStateUsed);
  }

  /** The next run will start empty. */
  public Lineage startingEmpty() {
    return new Lineage(current, previous, Optional.empty(), initialStateUsed);
  }

  /** The current run is over and can never come back. */
  public Lineage fenced() {
    return new Lineage(
        Optional.empty(), current.or(() -> previous), restorePoint, initialStateUsed);
  }

  /** The current run is over, and what it was started from is what the next one starts from. */
  public Lineage cancelled() {
    return new Lineage(
        Optional.empty(),
        current.or(() -> previous),
        restorePoint.or(() -> current.flatMap(Run::from)),
        initialStateUsed);
  }

  /** {@code run} was submitted. */
  public Lineage submitted(Run run) {
    return new Lineage(Optional.of(run), previous, restorePoint, true);
  }

  /** The current run completed its first checkpoint: its own state is now the newest. */
  public Lineage proven() {
    return new Lineage(current.map(Run::withProof), previous, Optional.empty(), initialStateUsed);
  }

  /** The current run reached the end of its bounded input. */
  public Lineage finished() {
    var end = new Run.End(JobState.FINISHED, "the job has reached the end of its input");
    return new Lineage(
        current.map(run -> run.withProof().withEnd(Optional.of(end))),
        previous,
        Optional.empty(),
        initialStateUsed);
  }

  /** The current run failed for good, or after all not. */
  public Lineage ended(Optional<Run.End> end) {
    return new Lineage(
        current.map(run -> run.withEnd(end)), previous, restorePoint, initialStateUsed);
  }

  /** From now on the current run may no longer be brought back by its JobManager. */
  public Lineage parked() {
    return new Lineage(
        current.map(run -> run.withParking(true)), previous, restorePoint, initialStateUsed);
  }

  /** The current run is brought back by its JobManager again. */
  public Lineage unparked() {
    return new Lineage(
        current.map(run -> run.withParking(false)), previous, restorePoint, initialStateUsed);
  }

  /** Whether there is a run that its JobManager may not bring back. */
  @JsonIgnore
  public boolean isParked() {
    return current.filter(Run::parked).isPresent();
  }

  /** Nothing is left of {@code revision}. */
  public Lineage retired(int revision) {
    boolean isLiveCurrent =
        current.filter(run -> run.revision() == revision && !run.finished()).isPresent();
    return new Lineage(
        current.filter(run -> run.revision() != revision),
        previous.filter(run -> run.revision() != revision),
        isLiveCurrent ? restorePoint.or(() -> current.flatMap(Run::from)) : restorePoint,
        initialStateUsed);
  }
}
