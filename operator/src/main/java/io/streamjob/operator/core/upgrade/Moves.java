package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.upgrade.Action.DeleteRevision;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the machine does in more than one place. */
final class Moves {

  /** Whatever changes wakes the pass; this is only a safety net. */
  static final Duration QUIET = Duration.ofMinutes(10);

  static final Duration SOON = Duration.ofSeconds(1);

  private Moves() {}

  static Decision open(Situation situation, Plan plan) {
    return open(situation, situation.state(), plan);
  }

  static Decision open(Situation situation, MachineState state, Plan plan) {
    boolean isNewRevision =
        plan.startedRevision().filter(r -> r > state.lastRevision()).isPresent();
    var next =
        new MachineState(
            isNewRevision ? state.lastRevision() + 1 : state.lastRevision(),
            state.lineage(),
            new Executing(plan, 0, attempt(situation, 1)));
    return new Transition(next, new Story(plan.kind().label(), Stories.opened(plan), false));
  }

  static Attempt attempt(Situation situation, int number) {
    return new Attempt(number, situation.nonce(), situation.now());
  }

  /** From its first checkpoint on a run has state of its own, whoever was looking then. */
  static boolean isNewlyProven(Run run, Optional<JobView> job) {
    return !run.proven() && job.filter(known -> known.completedCheckpoints() > 0).isPresent();
  }

  /** Removes revisions that nothing needs any more, such as those of superseded plans. */
  static List<Action> leftovers(Situation situation, Set<Integer> named) {
    Lineage lineage = situation.state().lineage();
    var needed = new HashSet<Integer>(named);
    lineage.current().map(Run::revision).ifPresent(needed::add);
    if (situation.state().upgrade() instanceof Executing) {
      lineage.previous().map(Run::revision).ifPresent(needed::add);
    }
    return situation.observed().revisions().entrySet().stream()
        .filter(entry -> entry.getValue().remains() > 0 && !needed.contains(entry.getKey()))
        .<Action>map(entry -> new DeleteRevision(entry.getKey()))
        .toList();
  }
}
