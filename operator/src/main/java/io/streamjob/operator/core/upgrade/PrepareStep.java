package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.ApplyRevision;
import io.streamjob.operator.core.upgrade.Action.StoreRevision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Brings up a revision's cluster beside whatever runs, which is not touched before all of this has
 * worked.
 */
final class PrepareStep {

  private static final Duration RECHECK = Duration.ofSeconds(5);

  private PrepareStep() {}

  static StepOutcome evaluate(StepContext context, int revision) {
    RevisionView view = context.observed().revision(revision);
    Optional<RevisionSpec> spec = context.specOf(revision);
    if (spec.isEmpty()) {
      return context.revisionLost();
    }
    if (view.spec().isEmpty()) {
      return context.await(new StoreRevision(revision, spec.get()));
    }
    return bringUp(context, revision, view, spec.get());
  }

  private static StepOutcome bringUp(
      StepContext context, int revision, RevisionView view, RevisionSpec spec) {
    if (view.workloads() && isReady(view.cluster(), spec)) {
      return context.advance(context.lineage(), "revision %d stands ready".formatted(revision));
    }
    List<Action> actions = view.workloads() ? List.of() : List.of(new ApplyRevision(revision));
    return give(context, revision, view.problem())
        .orElseGet(() -> context.await(RECHECK, view.problem(), actions));
  }

  /** Gives the plan up where waiting cannot help and something else runs meanwhile. */
  private static Optional<StepOutcome> give(
      StepContext context, int revision, Optional<Problem> problem) {
    if (context.isOnKeptCluster()) {
      return context.isOverdue(StartSteps.KEPT)
          ? Optional.of(context.fail("KeptClusterSilent", "the former version's cluster is gone"))
          : Optional.empty();
    }
    if (!context.hasWayBack()) {
      return Optional.empty();
    }
    if (problem.filter(Problem::isFinal).isPresent()) {
      return problem.map(context::fail);
    }
    if (!context.isOverdue(context.limits().prepare())) {
      return Optional.empty();
    }
    return Optional.of(
        problem
            .map(context::fail)
            .orElseGet(() ->
                context.fail(
                    "NotReady",
                    "revision %d was not ready within %s: look at its pods' events"
                        .formatted(revision, Texts.duration(context.limits().prepare())))));
  }

  private static boolean isReady(ClusterView cluster, RevisionSpec spec) {
    return cluster instanceof ClusterView.Reachable reachable
        && reachable.slots() >= spec.parallelism()
        && !reachable.jars().isEmpty();
  }
}
