package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what a pass does. One function of what is known; everything else carries it out. */
public final class UpgradeMachine {

  private static final Problem STATE_LOST =
      new Problem(
          "StateLost",
          "status.machine was lost, or is an older one: there are revisions or savepoints of this job that it knows nothing of, and nothing is touched in doubt:"
              + " restore the newest status from a backup; or delete this StreamJob, which removes its pods and keeps its files, and create it anew"
              + " with spec.initialState.from.location set to its newest checkpoint or savepoint",
          true);

  private UpgradeMachine() {}

  /** Of some things the status knows nothing: it was wiped, or is an older one. */
  private static boolean isStateLost(Situation situation) {
    return hasUnknownRevisions(situation) || isStoppedUnknown(situation);
  }

  /** A plan stopped the current run with a savepoint, and it is not this one. */
  private static boolean isStoppedUnknown(Situation situation) {
    return situation
        .state()
        .lineage()
        .current()
        .filter(run -> situation.observed().stopped().contains(run.jobId()))
        .filter(run -> !hasStopped(situation.state().upgrade()))
        .isPresent();
  }

  private static boolean hasStopped(UpgradeState upgrade) {
    return upgrade instanceof Executing executing
        && executing.plan().steps().stream()
            .limit(executing.cursor() + 1L)
            .anyMatch(Step.TakeSnapshot.class::isInstance);
  }

  private static boolean hasUnknownRevisions(Situation situation) {
    return situation.observed().revisions().entrySet().stream()
        .filter(entry -> entry.getKey() > situation.state().lastRevision())
        .map(Map.Entry::getValue)
        .anyMatch(view -> view.remains() > 0 || view.spec().isPresent());
  }

  /** What nobody knows any more can still be removed; its files stay. */
  private static Decision lost(Situation situation) {
    boolean isUnwanted =
        situation.desired().filter(d -> d.lifecycle() == Lifecycle.DELETED).isPresent();
    if (!isUnwanted) {
      return new Act(List.of(), Moves.QUIET, Optional.of(STATE_LOST));
    }
    List<Action> removals =
        situation.observed().revisions().entrySet().stream()
            .filter(entry -> entry.getValue().remains() > 0)
            .<Action>map(entry -> new Action.DeleteRevision(entry.getKey()))
            .toList();
    return removals.isEmpty()
        ? new Act(List.of(new Action.Release()), Moves.QUIET, Optional.empty())
        : new Act(removals, Moves.SOON, Optional.empty());
  }

  /** The next state, or what to do in this one. */
  public static Decision decide(Situation situation) {
    if (isStateLost(situation)) {
      return lost(situation);
    }
    return switch (situation.state().upgrade()) {
      case Idle idle -> Resting.decide(situation, Optional.empty());
      case Stalled stalled -> Resting.decide(situation, Optional.of(stalled.gaveUp()));
      case Executing executing -> InProgress.decide(new StepContext(situation, executing));
    };
  }
}
