package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.Action.ApplyRevision;
import io.streamjob.operator.core.upgrade.Action.DeleteRevision;
import io.streamjob.operator.core.upgrade.Action.Release;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides what a pass does. One function of what is known; everything else carries it out. */
public final class UpgradeMachine {

  /** Whatever changes wakes the pass; this is only a safety net. */
  private static final Duration QUIET = Duration.ofMinutes(10);

  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Problem STATE_LOST =
      new Problem(
          "StateLost",
          "status.machine is gone while pods of this job exist, and nothing is touched in doubt:"
              + " restore the status from a backup, or end the pods' Deployments by hand and start"
              + " from their newest checkpoint with spec.initialState.from.location",
          true);

  private UpgradeMachine() {}

  /** A job never seen before has no pods: the status was wiped, or came from elsewhere. */
  private static boolean isStateLost(Situation situation) {
    return situation.state().lastRevision() == 0
        && situation.observed().revisions().values().stream().anyMatch(view -> view.remains() > 0);
  }

  /** The next state, or what to do in this one. */
  public static Decision decide(Situation situation) {
    if (isStateLost(situation)) {
      return new Act(List.of(), QUIET, Optional.of(STATE_LOST));
    }
    return switch (situation.state().upgrade()) {
      case Idle idle -> rest(situation, Optional.empty());
      case Stalled stalled -> rest(situation, Optional.of(stalled.gaveUp()));
      case Executing executing -> execute(new StepContext(situation, executing));
    };
  }

  // Nothing is being done: is there something to do?

  private static Decision rest(Situation situation, Optional<GaveUp> gaveUp) {
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
        .<Decision>map(plan -> open(situation, plan))
        .orElseGet(() ->
            gaveUp.isPresent()
                ? new Transition(
                    situation.state().with(new Idle()),
                    new Story("Reverted", "the spec asks for what runs", false))
                : tend(situation, Optional.empty()));
  }

  private static Decision release(Situation situation) {
    List<Action> removals = leftovers(situation, Set.of());
    return removals.isEmpty()
        ? new Act(List.of(new Release()), QUIET, Optional.empty())
        : new Act(removals, SOON, Optional.empty());
  }

  private static Decision open(Situation situation, Plan plan) {
    return open(situation, situation.state(), plan);
  }

  private static Decision open(Situation situation, MachineState state, Plan plan) {
    boolean isNewRevision =
        plan.startedRevision().filter(r -> r > state.lastRevision()).isPresent();
    var next =
        new MachineState(
            isNewRevision ? state.lastRevision() + 1 : state.lastRevision(),
            state.lineage(),
            new Executing(plan, 0, attempt(situation, 1)));
    return new Transition(next, new Story(plan.kind().label(), Stories.opened(plan), false));
  }

  /** Keeps what runs running, also while the spec makes no sense. */
  private static Decision tend(Situation situation, Optional<GaveUp> gaveUp) {
    List<Action> removals = leftovers(situation, Set.of());
    Optional<Run> running = situation.state().lineage().current().filter(run -> !run.finished());
    if (running.isEmpty()) {
      return new Act(removals, QUIET, Optional.empty());
    }
    Run run = running.get();
    RevisionView view = situation.observed().revision(run.revision());
    if (!view.workloads() && view.spec().isPresent()) {
      return new Act(List.of(new ApplyRevision(run.revision())), SOON, view.problem());
    }
    Optional<JobView> job = situation.observed().job(run.revision(), run.jobId());
    if (job.filter(known -> known.state() == JobState.FINISHED).isPresent()) {
      MachineState finished = situation.state().with(situation.state().lineage().finished());
      return new Transition(
          finished, new Story("Finished", "the job has reached the end of its input", false));
    }
    if (isNewlyProven(run, job)) {
      return new Transition(
          situation.state().with(situation.state().lineage().proven()),
          new Story("Proven", "the run has completed its first checkpoint", false));
    }
    if (view.cluster() instanceof ClusterView.Reachable && job.isEmpty()) {
      return open(situation, recovery(situation, run, gaveUp));
    }
    return new Act(removals, QUIET, job.flatMap(UpgradeMachine::failure).or(view::problem));
  }

  /** From its first checkpoint on a run has state of its own, whoever was looking then. */
  private static boolean isNewlyProven(Run run, Optional<JobView> job) {
    return !run.proven() && job.filter(known -> known.completedCheckpoints() > 0).isPresent();
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

  // A plan is being carried out.

  private static Decision execute(StepContext context) {
    Situation situation = context.situation();
    if (context.executing().cursor() >= context.plan().steps().size()) {
      return complete(situation, context.plan());
    }
    Optional<Desired> overtaking =
        situation.desired().filter(desired -> !desired.goal().equals(context.plan().goal()));
    if (overtaking.filter(desired -> givesWay(context, desired)).isPresent()) {
      return supersede(situation, overtaking.get());
    }
    Optional<Plan> better = upgradeInstead(context);
    if (better.isPresent()) {
      return open(
          situation, situation.state().with(situation.state().lineage().proven()), better.get());
    }
    return switch (evaluate(context)) {
      case StepOutcome.Advance advance -> advance(context, advance);
      case StepOutcome.Await await -> act(situation, context.plan(), await);
      // Between two attempts at a savepoint the run goes on as before, and the spec may change.
      case StepOutcome.Retry retry ->
          overtaking
              .map(desired -> supersede(situation, desired))
              .orElseGet(() -> retry(context, retry.verdict()));
      case StepOutcome.Lost lost -> lost(context, lost);
      case StepOutcome.Fail fail -> fail(context, fail.verdict());
    };
  }

  private static boolean givesWay(StepContext context, Desired desired) {
    Step step = step(context);
    // Its state stays in the storage: a job that is to be deleted need not wait for it.
    boolean isOnlyLooking =
        step instanceof Step.LocateCheckpoint && desired.lifecycle() == Lifecycle.DELETED;
    return isOnlyLooking || context.plan().canBeSupersededAt(step);
  }

  /** The run that was to be replaced has come as far as state, which is worth a savepoint. */
  private static Optional<Plan> upgradeInstead(StepContext context) {
    Plan plan = context.plan();
    if (plan.kind() != PlanKind.REPLACE || !(step(context) instanceof Step.Prepare prepare)) {
      return Optional.empty();
    }
    Lineage lineage = context.lineage();
    return lineage
        .current()
        .filter(run -> isNewlyProven(run, context.observed().job(run.revision(), run.jobId())))
        .flatMap(run -> context.desired())
        .flatMap(desired -> Planner.plan(desired, lineage.proven(), prepare.revision()));
  }

  private static Step step(StepContext context) {
    return context.plan().steps().get(context.executing().cursor());
  }

  private static StepOutcome evaluate(StepContext context) {
    return switch (step(context)) {
      case Step.ResolveInitialState resolve -> StateSteps.resolveInitialState(context);
      case Step.LocateCheckpoint locate -> StateSteps.locateCheckpoint(context, locate);
      case Step.Prepare prepare -> PrepareStep.evaluate(context, prepare.revision());
      case Step.TakeSnapshot take -> SnapshotStep.evaluate(context, take.format());
      case Step.Cancel cancel -> EndSteps.cancel(context, cancel.revision());
      case Step.Fence fence -> EndSteps.fence(context);
      case Step.Submit submit -> StartSteps.submit(context, submit.revision());
      case Step.AwaitHealthy healthy -> StartSteps.awaitHealthy(context);
      case Step.Retire retire -> EndSteps.retire(context, retire.revision());
    };
  }

  private static Decision advance(StepContext context, StepOutcome.Advance advance) {
    Situation situation = context.situation();
    int next = context.executing().cursor() + 1;
    var executing = new Executing(context.plan(), next, attempt(situation, 1));
    MachineState state = situation.state().with(advance.lineage()).with(executing);
    return new Transition(state, new Story(step(context).label(), advance.message(), false));
  }

  private static Decision act(Situation situation, Plan plan, StepOutcome.Await await) {
    var actions = new ArrayList<Action>(await.actions());
    var named = new HashSet<Integer>();
    for (Step step : plan.steps()) {
      switch (step) {
        case Step.Prepare prepare -> named.add(prepare.revision());
        case Step.Submit submit -> named.add(submit.revision());
        case Step.Retire retire -> named.add(retire.revision());
        case Step.Cancel cancel -> named.add(cancel.revision());
        case Step.ResolveInitialState resolve -> {}
        case Step.LocateCheckpoint locate -> {}
        case Step.TakeSnapshot take -> {}
        case Step.Fence fence -> {}
        case Step.AwaitHealthy healthy -> {}
      }
    }
    actions.addAll(leftovers(situation, named));
    return new Act(actions, await.recheckAfter(), await.problem());
  }

  private static Decision supersede(Situation situation, Desired desired) {
    MachineState state = situation.state();
    return Planner.plan(desired, state.lineage(), state.lastRevision() + 1)
        .map(plan -> open(situation, plan))
        .orElseGet(() ->
            new Transition(
                state.with(new Idle()),
                new Story("Superseded", "the spec asks for what runs", false)));
  }

  private static Decision retry(StepContext context, Verdict verdict) {
    int number = context.executing().attempt().number() + 1;
    var executing =
        new Executing(
            context.plan(), context.executing().cursor(), attempt(context.situation(), number));
    return new Transition(
        context.situation().state().with(executing),
        new Story(verdict.reason(), verdict.message() + "; it is tried again", true));
  }

  /** A new version that loses its JobManager may be to blame; whatever else ran starts again. */
  private static Decision lost(StepContext context, StepOutcome.Lost lost) {
    if (context.plan().kind() == PlanKind.UPGRADE) {
      return fail(context, lost.verdict());
    }
    MachineState state = context.situation().state();
    int next = state.lastRevision() + 1;
    Plan plan = Planner.recover(context.plan(), lost.run(), next);
    return new Transition(
        new MachineState(next, state.lineage(), begin(context, plan)),
        new Story(lost.verdict().reason(), lost.verdict().message(), true));
  }

  private static Decision fail(StepContext context, Verdict given) {
    Verdict verdict = Stories.bounded(given);
    MachineState state = context.situation().state();
    Plan plan = context.plan();
    Lineage lineage = state.lineage();
    UpgradeState next =
        switch (plan.kind()) {
          case UPGRADE, REPLACE, CREATE, RESUME -> wayBack(context, lineage, verdict);
          case RECOVER, ROLLBACK ->
              lineage.current().isEmpty()
                  ? begin(
                      context,
                      Planner.abandon(
                          plan,
                          plan.startedRevision().orElseThrow(),
                          Stories.andBefore(verdict, plan)))
                  : stalled(plan, verdict);
          case SUSPEND, ABANDON -> stalled(plan, verdict);
          case DELETE ->
              lineage
                  .current()
                  .<UpgradeState>map(
                      run -> begin(context, Planner.deleteWithoutSavepoint(plan, run)))
                  .orElseGet(Idle::new);
        };
    return new Transition(state.with(next), new Story(verdict.reason(), verdict.message(), true));
  }

  private static UpgradeState stalled(Plan plan, Verdict verdict) {
    return new Stalled(new GaveUp(plan.goal(), Stories.andBefore(verdict, plan), false));
  }

  private static UpgradeState wayBack(StepContext context, Lineage lineage, Verdict verdict) {
    Plan plan = context.plan();
    int failed = plan.startedRevision().orElseThrow();
    boolean isStopped = lineage.current().filter(run -> run.revision() != failed).isEmpty();
    return plan.kind() == PlanKind.UPGRADE && isStopped && lineage.previous().isPresent()
        ? begin(context, Planner.rollback(plan, lineage.previous().get(), failed, verdict))
        : begin(context, Planner.abandon(plan, failed, verdict));
  }

  private static UpgradeState begin(StepContext context, Plan plan) {
    return new Executing(plan, 0, attempt(context.situation(), 1));
  }

  private static Decision complete(Situation situation, Plan plan) {
    UpgradeState end = plan.afterwards().<UpgradeState>map(Stalled::new).orElseGet(Idle::new);
    return new Transition(situation.state().with(end), Stories.completed(plan));
  }

  private static Attempt attempt(Situation situation, int number) {
    return new Attempt(number, situation.nonce(), situation.now());
  }

  /** Removes revisions that nothing needs any more, such as those of superseded plans. */
  private static List<Action> leftovers(Situation situation, Set<Integer> named) {
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
