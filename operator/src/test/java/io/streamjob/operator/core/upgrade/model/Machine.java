package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.upgrade.Action;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.Situation;
import io.streamjob.operator.core.upgrade.UpgradeMachine;

/** The operator that is checked: the real one, or one with a mistake in it. */
interface Machine {

  Machine REAL = UpgradeMachine::decide;

  Decision decide(Situation situation);

  /** Whether every attempt gets a nonce of its own. */
  default boolean hasFreshNonces() {
    return true;
  }

  /** Whether a leader that may be a former one looks again before it does this. */
  default boolean isChecked(Action action) {
    return io.streamjob.operator.act.Executor.isGrave(action);
  }

  /** Whether a state is written only over the one that it was decided from. */
  default boolean writesOnlyOverWhatItSaw() {
    return true;
  }
}
