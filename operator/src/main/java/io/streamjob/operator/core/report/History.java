package io.streamjob.operator.core.report;

import io.streamjob.api.v1alpha1.StreamJobStatus.HistoryEntry;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list of what was done, newest first. */
public final class History {

  private static final int LENGTH = 10;

  private History() {}

  /** The history after a transition; longer by one if the transition ended a plan. */
  public static List<HistoryEntry> after(
      List<HistoryEntry> history,
      MachineState before,
      MachineState next,
      Optional<String> image,
      Instant now) {
    if (!(before.upgrade() instanceof UpgradeState.Executing executing)) {
      return history;
    }
    Plan plan = executing.plan();
    boolean goesOn =
        next.upgrade() instanceof UpgradeState.Executing later && later.plan().equals(plan);
    if (goesOn) {
      return history;
    }
    var entries = new ArrayList<HistoryEntry>();
    entries.add(
        new HistoryEntry(
            plan.kind().label(),
            plan.generation(),
            outcome(executing, before, next),
            image.orElse(null),
            Conditions.time(now)));
    entries.addAll(history);
    return List.copyOf(entries.subList(0, Math.min(LENGTH, entries.size())));
  }

  private static String outcome(
      UpgradeState.Executing executing, MachineState before, MachineState next) {
    boolean isComplete = executing.cursor() >= executing.plan().steps().size();
    if (isComplete) {
      return "Done";
    }
    Optional<Run.End> ended = next.lineage().current().flatMap(Run::ended);
    if (ended.isPresent() && before.lineage().current().flatMap(Run::ended).isEmpty()) {
      return ended.get().state() == JobState.FINISHED ? "Finished" : "JobFailed";
    }
    return switch (next.upgrade()) {
      case UpgradeState.Stalled stalled -> stalled.gaveUp().verdict().reason();
      case UpgradeState.Executing later ->
          later.plan().afterwards().map(gaveUp -> gaveUp.verdict().reason()).orElse("Superseded");
      case UpgradeState.Idle idle -> "Superseded";
    };
  }
}
