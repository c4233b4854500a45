package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Optional;

/** A plan is being carried out: one step, one decision. */
final class InProgress {

  private InProgress() {}

  static Decision decide(StepContext context) {
    Situation situation = context.situation();
    if (context.executing().cursor() >= context.plan().steps().size()) {
      return complete(situation, context.plan());
    }
    Optional<Desired> overtaking =
        situation.desired().filter(desired -> !desired.goal().equals(context.plan().goal()));
    if (overtaking.filter(desired -> givesWay(context, desired)).isPresent()) {
      return supersede(situation, overtaking.get());
    }
    Optional<MachineState> reverted =
        overtaking.flatMap(desired -> WayBack.ofRevert(context, desired));
    if (reverted.isPresent()) {
      return new Transition(
          reverted.get(),
          new Story("Reverted", "the spec was taken back: so is the upgrade", false));
    }
    Optional<Plan> better = upgradeInstead(context);
    if (better.isPresent()) {
      return Moves.open(
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
      case StepOutcome.Over over ->
          new Transition(situation.state().with(over.lineage()).with(over.end()), over.story());
      case StepOutcome.Fail fail -> fail(context, fail.verdict());
    };
  }

  private static boolean givesWay(StepContext context, Desired desired) {
    Step step = step(context);
    // Its state stays in the storage: a job that is to be deleted need not wait for it.
    boolean isOnlyLooking =
        (step instanceof Step.LocateCheckpoint || step instanceof Step.ConfirmUncommitted)
            && desired.lifecycle() == Lifecycle.DELETED;
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
        .filter(
            run -> Moves.isNewlyProven(run, context.observed().job(run.revision(), run.jobId())))
        .flatMap(run -> context.desired())
        .flatMap(desired -> Planner.plan(desired, lineage.proven(), prepare.revision()));
  }

  private static Step step(StepContext context) {
    return context.plan().steps().get(context.executing().cursor());
  }

  private static StepOutcome evaluate(StepContext context) {
    return switch (step(context)) {
      case Step.ResolveInitialState resolve -> StateSteps.resolveInitialState(context);
      case Step.ReadResult read -> StateSteps.readResult(context, read.run());
      case Step.LocateCheckpoint locate -> StateSteps.locateCheckpoint(context, locate);
      case Step.Claim claim -> ClaimStep.evaluate(context, claim.revision());
      case Step.Prepare prepare -> PrepareStep.evaluate(context, prepare.revision());
      case Step.Vacate vacate -> EndSteps.vacate(context, vacate.revision());
      case Step.ConfirmUncommitted confirm -> StateSteps.confirmUncommitted(context, confirm.run());
      case Step.Park park -> ParkSteps.park(context);
      case Step.Unpark unpark -> ParkSteps.unpark(context);
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
    MachineState state =
        Moves.at(
            situation.state().with(advance.lineage()),
            new Executing(context.plan(), next, Moves.attempt(situation, 1)));
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
        case Step.Claim claim -> {}
        case Step.ReadResult read -> named.add(read.run().revision());
        case Step.LocateCheckpoint locate -> {}
        case Step.Vacate vacate -> named.add(vacate.revision());
        case Step.ConfirmUncommitted confirm -> {}
        case Step.Park park -> {}
        case Step.Unpark unpark -> {}
        case Step.TakeSnapshot take -> {}
        case Step.Fence fence -> {}
        case Step.AwaitHealthy healthy -> {}
      }
    }
    actions.addAll(Moves.leftovers(situation, named));
    return new Act(actions, await.recheckAfter(), await.problem());
  }

  private static Decision supersede(Situation situation, Desired desired) {
    MachineState state = situation.state();
    return Planner.plan(desired, state.lineage(), state.lastRevision() + 1)
        .map(plan -> Moves.open(situation, plan))
        .orElseGet(() ->
            new Transition(
                state.with(new Idle()),
                new Story("Superseded", "the spec asks for what runs", false)));
  }

  private static Decision retry(StepContext context, Verdict verdict) {
    int number = context.executing().attempt().number() + 1;
    var executing =
        new Executing(
            context.plan(),
            context.executing().cursor(),
            Moves.attempt(context.situation(), number));
    return new Transition(
        context.situation().state().with(executing),
        new Story(verdict.reason(), verdict.message() + "; it is tried again", true));
  }

  /** A new version that loses its JobManager may be to blame; whatever else ran starts again. */
  private static Decision lost(StepContext context, StepOutcome.Lost lost) {
    Plan failed = context.plan();
    boolean isNew = failed.startedRevision().equals(Optional.of(lost.run().revision()));
    if (failed.kind() == PlanKind.UPGRADE && isNew) {
      return fail(context, lost.verdict());
    }
    MachineState state = context.situation().state();
    if (!isNew) {
      state = state.with(state.restarts().andOne(Restarts.LATELY, context.now()));
    }
    Plan plan = Planner.recover(failed, lost.run(), state.lastRevision() + 1);
    return new Transition(
        Moves.begin(context.situation(), state, plan),
        new Story(lost.verdict().reason(), lost.verdict().message(), true));
  }

  private static Decision fail(StepContext context, Verdict given) {
    Verdict verdict = Stories.bounded(given);
    MachineState next = WayBack.of(context, verdict);
    return new Transition(next, new Story(verdict.reason(), verdict.message(), true));
  }

  private static Decision complete(Situation situation, Plan plan) {
    return new Transition(situation.state().with(Moves.end(plan)), Stories.completed(plan));
  }
}
