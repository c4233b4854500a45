package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.util.List;
import java.util.Optional;

/** Decides what a pass does. One function of what is known; everything else carries it out. */
public final class UpgradeMachine {

  private static final Problem STATE_LOST =
      new Problem(
          "StateLost",
          "status.machine is gone while revisions of this job exist, and nothing is touched in"
              + " doubt: restore the status from a backup, or delete this StreamJob and create it"
              + " anew with its newest snapshot as spec.initialState.from.location",
          true);

  private UpgradeMachine() {}

  /** A job never seen before has no revisions: the status was wiped, or came from elsewhere. */
  private static boolean isStateLost(Situation situation) {
    return situation.state().lastRevision() == 0 && !situation.observed().revisions().isEmpty();
  }

  /** The next state, or what to do in this one. */
  public static Decision decide(Situation situation) {
    if (isStateLost(situation)) {
      return new Act(List.of(), Moves.QUIET, Optional.of(STATE_LOST));
    }
    return switch (situation.state().upgrade()) {
      case Idle idle -> Resting.decide(situation, Optional.empty());
      case Stalled stalled -> Resting.decide(situation, Optional.of(stalled.gaveUp()));
      case Executing executing -> InProgress.decide(new StepContext(situation, executing));
    };
  }
}
