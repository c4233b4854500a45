package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.Action.ApplyRevision;
import io.streamjob.operator.core.upgrade.Action.Release;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** No plan is under way: is there something to do? */
final class Resting {

  /** How often an unreachable cluster's objects are made whole again. */
  private static final Duration MENDING = Duration.ofSeconds(30);

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
    var removals = new ArrayList<Action>(Moves.leftovers(situation, Set.of()));
    removals.addAll(Moves.forgotten(situation));
    Optional<Run> running = situation.state().lineage().current().filter(run -> !run.finished());
    if (running.isEmpty()) {
      return new Act(removals, Moves.QUIET, Optional.empty());
    }
    Run run = running.get();
    RevisionView view = situation.observed().revision(run.revision());
    if (run.failed()) {
      return FailedRun.tend(situation, run, gaveUp, removals);
    }
    if (!view.workloads() && view.spec().isPresent()) {
      return new Act(List.of(new ApplyRevision(run.revision())), Moves.SOON, view.problem());
    }
    Optional<JobView> job = situation.observed().job(run.revision(), run.jobId());
    if (job.filter(known -> known.state().isGloballyTerminal()).isPresent()) {
      return ended(situation, run, job.get(), gaveUp);
    }
    if (Moves.isNewlyProven(run, job)) {
      return new Transition(
          situation.state().with(situation.state().lineage().proven()),
          new Story("Proven", "the run has completed its first checkpoint", false));
    }
    return switch (view.cluster()) {
      case ClusterView.Reachable cluster when job.isEmpty() ->
          Moves.open(situation, recovery(situation, run, gaveUp));
      case ClusterView.Reachable cluster -> new Act(removals, Moves.QUIET, view.problem());
      case ClusterView.Unreachable gone when view.isUnseen() || view.spec().isEmpty() ->
          new Act(removals, Moves.QUIET, view.problem());
      // Something that its pods need, and that is not watched, may be gone.
      case ClusterView.Unreachable gone ->
          new Act(List.of(new ApplyRevision(run.revision())), MENDING, view.problem());
    };
  }

  private static Decision ended(
      Situation situation, Run run, JobView job, Optional<GaveUp> gaveUp) {
    MachineState state = situation.state();
    if (job.state() == JobState.FINISHED && job.stoppedWith().isPresent()) {
      return stopped(situation, run, job.stoppedWith().get(), gaveUp);
    }
    if (job.state() == JobState.FINISHED) {
      return new Transition(
          state.with(state.lineage().finished()),
          new Story("Finished", "the job has reached the end of its input", false));
    }
    var end = new Run.End(job.state(), job.failure().orElse("Flink gives no reason"));
    // A run that failed has come as far as its checkpoints, whoever was looking then.
    Lineage lineage = job.completedCheckpoints() > 0 ? state.lineage().proven() : state.lineage();
    return new Transition(
        state.with(lineage.ended(Optional.of(end))),
        new Story("Job" + Texts.word(job.state().name()), end.why(), true));
  }

  /**
   * Whoever did that wanted it, and the spec wants the job to run: which of them is for the user to
   * say.
   */
  private static Decision stopped(
      Situation situation, Run run, String savepoint, Optional<GaveUp> gaveUp) {
    String before =
        gaveUp.map(given -> " (before that: %s)".formatted(given.verdict().message())).orElse("");
    var verdict =
        Stories.bounded(
            new Verdict(
                "StoppedElsewhere",
                "somebody else stopped the job with a savepoint, %s: set spec.state to Suspended if it is to stay so, or another spec.restartToken to start what the spec asks for from there%s"
                    .formatted(savepoint, before)));
    MachineState state = situation.state();
    Lineage lineage = state.lineage().restoringFrom(stopPoint(run, savepoint));
    Plan plan =
        situation
            .desired()
            .map(desired -> Planner.clear(desired, run, verdict))
            .orElseGet(() -> Planner.clear(run, verdict));
    return new Transition(
        Moves.begin(situation, state.with(lineage), plan),
        new Story(verdict.reason(), verdict.message(), true));
  }

  static RestorePoint stopPoint(Run run, String savepoint) {
    return new RestorePoint(
        savepoint,
        Optional.empty(),
        "the savepoint with which somebody else stopped revision %d".formatted(run.revision()));
  }

  static Plan recovery(Situation situation, Run run, Optional<GaveUp> gaveUp) {
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
}
