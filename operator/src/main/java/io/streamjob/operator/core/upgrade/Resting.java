package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.Action.ApplyRevision;
import io.streamjob.operator.core.upgrade.Action.Release;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** No plan is under way: is there something to do? */
final class Resting {

  private Resting() {}

  static Decision decide(Situation situation, Optional<GaveUp> gaveUp) {
    return situation
        .desired()
        .map(desired -> rest(situation, desired, gaveUp))
        .orElseGet(() -> tend(situation, gaveUp));
  }

  private static Decision rest(Situation situation, Desired desired, Optional<GaveUp> gaveUp) {
    if (gaveUp.filter(given -> given.goal().equals(desired.goal())).isPresent()) {
      return tend(situation, gaveUp);
    }
    Lineage lineage = situation.state().lineage();
    if (desired.lifecycle() == Lifecycle.DELETED && lineage.current().isEmpty()) {
      return release(situation);
    }
    int next = situation.state().lastRevision() + 1;
    return Planner.plan(desired, lineage, next)
        .<Decision>map(plan -> Moves.open(situation, plan))
        .orElseGet(() ->
            gaveUp.isPresent()
                ? new Transition(
                    situation.state().with(new Idle()),
                    new Story("Reverted", "the spec asks for what runs", false))
                : tend(situation, Optional.empty()));
  }

  private static Decision release(Situation situation) {
    List<Action> removals = Moves.leftovers(situation, Set.of());
    return removals.isEmpty()
        ? new Act(List.of(new Release()), Moves.QUIET, Optional.empty())
        : new Act(removals, Moves.SOON, Optional.empty());
  }

  /** Keeps what runs running, also while the spec makes no sense. */
  private static Decision tend(Situation situation, Optional<GaveUp> gaveUp) {
    List<Action> removals = Moves.leftovers(situation, Set.of());
    Optional<Run> running = situation.state().lineage().current().filter(run -> !run.finished());
    if (running.isEmpty()) {
      return new Act(removals, Moves.QUIET, Optional.empty());
    }
    Run run = running.get();
    RevisionView view = situation.observed().revision(run.revision());
    if (!view.workloads() && view.spec().isPresent()) {
      return new Act(List.of(new ApplyRevision(run.revision())), Moves.SOON, view.problem());
    }
    Optional<JobView> job = situation.observed().job(run.revision(), run.jobId());
    if (job.filter(known -> known.state() == JobState.FINISHED).isPresent()) {
      MachineState finished = situation.state().with(situation.state().lineage().finished());
      return new Transition(
          finished, new Story("Finished", "the job has reached the end of its input", false));
    }
    if (Moves.isNewlyProven(run, job)) {
      return new Transition(
          situation.state().with(situation.state().lineage().proven()),
          new Story("Proven", "the run has completed its first checkpoint", false));
    }
    if (view.cluster() instanceof ClusterView.Reachable && job.isEmpty()) {
      return Moves.open(situation, recovery(situation, run, gaveUp));
    }
    return new Act(removals, Moves.QUIET, job.flatMap(Resting::failure).or(view::problem));
  }

  private static Plan recovery(Situation situation, Run run, Optional<GaveUp> gaveUp) {
    int next = situation.state().lastRevision() + 1;
    // A job that is to be suspended is asked for its savepoint anew once it runs again.
    Optional<GaveUp> afterwards =
        gaveUp.filter(given ->
            situation
                .desired()
                .filter(desired -> desired.lifecycle() != Lifecycle.RUNNING)
                .isEmpty());
    return situation
        .desired()
        .map(desired -> Planner.recover(desired, run, next, afterwards))
        .orElseGet(() -> Planner.recover(run, next, afterwards));
  }

  private static Optional<Problem> failure(JobView job) {
    return job.state() == JobState.FAILED || job.state() == JobState.CANCELED
        ? Optional.of(
            new Problem(
                "JobFailed",
                "the job is %s%s; its newest checkpoint is %s: mend the cause and apply the mended version, which starts from there"
                    .formatted(
                        job.state(),
                        job.failure().map(why -> " (" + why + ")").orElse(""),
                        job.latestCheckpoint().orElse("not known")),
                true))
        : Optional.empty();
  }
}
