package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.plan.Lineage;

/**
 * All that the operator remembers of a job.
 *
 * @param lastRevision the highest revision number ever given out
 * @param restarts how often the job had to be started again lately
 */
public record MachineState(
    int lastRevision, Lineage lineage, UpgradeState upgrade, Restarts restarts) {

  /** A job that the operator sees for the first time. */
  public static final MachineState NEW =
      new MachineState(0, Lineage.EMPTY, new UpgradeState.Idle(), Restarts.NONE);

  MachineState with(UpgradeState next) {
    return new MachineState(lastRevision, lineage, next, restarts);
  }

  MachineState with(Restarts next) {
    return new MachineState(lastRevision, lineage, upgrade, next);
  }

  MachineState withRevision(int number) {
    return new MachineState(Math.max(lastRevision, number), lineage, upgrade, restarts);
  }

  MachineState with(Lineage next) {
    return new MachineState(lastRevision, next, upgrade, restarts);
  }
}
