package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.upgrade.Action.DeleteRevision;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the machine does in more than one place. */
final class Moves {

  /** Whatever changes wakes the pass; this is only a safety net. */
  static final Duration QUIET = Duration.ofMinutes(10);

  /** How many records of former revisions are kept, as Deployments do. */
  private static final int RECORDS = 10;

  static final Duration SOON = Duration.ofSeconds(1);

  private Moves() {}

  static Decision open(Situation situation, Plan plan) {
    return open(situation, situation.state(), plan);
  }

  static Decision open(Situation situation, MachineState state, Plan plan) {
    return new Transition(
        begin(situation, state, plan), new Story(plan.kind().label(), Stories.opened(plan), false));
  }

  /** The state at the first step of a plan. */
  static MachineState begin(Situation situation, MachineState state, Plan plan) {
    return at(
        state.withRevision(plan.startedRevision().orElse(0)),
        new Executing(plan, 0, attempt(situation, 1)));
  }

  /** The state at a step: a run counts as parked before anything is done about it. */
  static MachineState at(MachineState state, Executing executing) {
    boolean isParking =
        executing.cursor() < executing.plan().steps().size()
            && executing.plan().steps().get(executing.cursor()) instanceof Step.Park;
    return (isParking ? state.with(state.lineage().parked()) : state).with(executing);
  }

  static Attempt attempt(Situation situation, int number) {
    return new Attempt(number, situation.nonce(), situation.now());
  }

  /** What a plan ends with, once it is done or there is nothing left to do. */
  static UpgradeState end(Plan plan) {
    return plan.afterwards().<UpgradeState>map(Stalled::new).orElseGet(Idle::new);
  }

  /** From its first checkpoint on a run has state of its own, whoever was looking then. */
  static boolean isNewlyProven(Run run, Optional<JobView> job) {
    return !run.proven() && job.filter(known -> known.completedCheckpoints() > 0).isPresent();
  }

  /** Removes revisions that nothing needs any more, such as those of superseded plans. */
  static List<Action> leftovers(Situation situation, Set<Integer> named) {
    Lineage lineage = situation.state().lineage();
    var needed = new HashSet<Integer>(named);
    // A finished job needs no pods any more.
    lineage.current().filter(run -> !run.finished()).map(Run::revision).ifPresent(needed::add);
    if (situation.state().upgrade() instanceof Executing) {
      lineage.previous().map(Run::revision).ifPresent(needed::add);
    }
    return situation.observed().revisions().entrySet().stream()
        .filter(entry -> entry.getValue().remains() > 0 && !needed.contains(entry.getKey()))
        .<Action>map(entry -> new DeleteRevision(entry.getKey()))
        .toList();
  }

  /** Forgets the oldest revisions of which nothing but the record is left. */
  static List<Action> forgotten(Situation situation) {
    List<Integer> records =
        situation.observed().revisions().entrySet().stream()
            .filter(entry -> entry.getValue().remains() == 0 && entry.getValue().spec().isPresent())
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return records.subList(0, Math.max(0, records.size() - RECORDS)).stream()
        .<Action>map(Action.ForgetRevision::new)
        .toList();
  }
}
