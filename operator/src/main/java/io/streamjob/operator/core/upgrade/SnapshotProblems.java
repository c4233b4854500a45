package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.PlanKind;

/** What keeps a savepoint from being taken, and what to do about it. */
final class SnapshotProblems {

  private SnapshotProblems() {}

  static Problem unreachable(ClusterView.Unreachable gone) {
    return new Problem(
        "JobManagerUnreachable",
        "the JobManager does not answer (%s): look at its pod; after limits.snapshotSeconds of the operator's configuration the run is taken down, and its newest checkpoint counts"
            .formatted(gone.why()),
        false);
  }

  static Problem slow(StepContext context) {
    return new Problem(
        "SavepointSlow",
        "the savepoint is not complete after %s: look at the job's checkpoints and its backpressure"
            .formatted(Texts.duration(context.limits().snapshot())),
        false);
  }

  /** Between two attempts. */
  static Problem waiting(StepContext context) {
    int failed = context.executing().attempt().number() - 1;
    String remedy =
        context.plan().kind() == PlanKind.DELETE
            ? "; or set spec.onDelete to Cancel to end the job without one"
            : "";
    return new Problem(
        "SavepointFailed",
        "%d attempts at the savepoint failed, the next begins soon: mend the cause that the events of this StreamJob name%s"
            .formatted(failed, remedy),
        false);
  }
}
