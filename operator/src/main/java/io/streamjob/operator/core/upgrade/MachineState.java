package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.plan.Lineage;

/**
 * All that the operator remembers of a job.
 *
 * @param lastRevision the highest revision number ever given out
 */
public record MachineState(int lastRevision, Lineage lineage, UpgradeState upgrade) {

  /** A job that the operator sees for the first time. */
  public static final MachineState NEW =
      new MachineState(0, Lineage.EMPTY, new UpgradeState.Idle());

  MachineState with(UpgradeState next) {
    return new MachineState(lastRevision, lineage, next);
  }

  MachineState with(Lineage next) {
    return new MachineState(lastRevision, next, upgrade);
  }
}
