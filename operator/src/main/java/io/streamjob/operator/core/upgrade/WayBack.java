package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.util.Optional;

/** What follows on a plan that failed. */
final class WayBack {

  private final StepContext context;
  private final Plan plan;
  private final Lineage lineage;
  private final MachineState state;
  private final Verdict verdict;

  private WayBack(StepContext context, Verdict verdict) {
    this.context = context;
    this.plan = context.plan();
    this.lineage = context.lineage();
    this.state = context.situation().state();
    this.verdict = verdict;
  }

  static MachineState of(StepContext context, Verdict verdict) {
    return new WayBack(context, verdict).next();
  }

  /** The spec was taken back while its new version had not committed anything. */
  static Optional<MachineState> ofRevert(StepContext context, Desired desired) {
    return new WayBack(context, new Verdict("Reverted", "the spec was taken back")).revert(desired);
  }

  private Optional<MachineState> revert(Desired desired) {
    Step step = plan.steps().get(context.executing().cursor());
    return plan.kind() == PlanKind.UPGRADE && step instanceof Step.AwaitHealthy
        ? lineage
            .previous()
            .filter(run -> run.digest().equals(desired.revision().digest()))
            .filter(run -> desired.lifecycle() == Desired.Lifecycle.RUNNING)
            .filter(run -> hasSeen() && !hasCommitted())
            .map(run -> begin(Planner.revert(rollbackTo(run), desired)))
        : Optional.empty();
  }

  private boolean hasSeen() {
    return lineage
        .current()
        .filter(run -> context.observed().revision(run.revision()).isUnseen())
        .isEmpty();
  }

  private boolean hasCommitted() {
    return lineage
        .current()
        .flatMap(run -> context.observed().job(run.revision(), run.jobId()))
        .filter(JobView::hasCommitted)
        .isPresent();
  }

  private MachineState next() {
    return switch (plan.kind()) {
      case UPGRADE -> isOldRunOver() ? rollback(lineage.previous().get()) : abandon(verdict);
      case REPLACE, CREATE, RESUME, SUSPEND -> abandon(verdict);
      case ROLLBACK -> context.isOnKeptCluster() ? rollbackAfresh() : goOnOrAbandon();
      case RECOVER -> goOnOrAbandon();
      case ABANDON, KEEP -> stalled();
      case DELETE ->
          lineage
              .current()
              .map(run -> begin(Planner.deleteWithoutSavepoint(plan, run)))
              .orElseGet(() -> state.with(new Idle()));
    };
  }

  private boolean isOldRunOver() {
    int started = plan.startedRevision().orElseThrow();
    return lineage.current().filter(run -> run.revision() != started).isEmpty()
        && lineage.previous().isPresent();
  }

  private MachineState rollback(Run previous) {
    return begin(rollbackTo(previous));
  }

  private Plan rollbackTo(Run previous) {
    boolean isKept =
        context.observed().revision(previous.revision()).cluster() instanceof ClusterView.Reachable;
    return isKept
        ? Planner.rollback(plan, submitted(), previous, verdict)
        : Planner.rollbackAfresh(plan, submitted(), previous, nextRevision(), verdict);
  }

  private MachineState rollbackAfresh() {
    return begin(Planner.rollbackAfresh(plan, submitted(), nextRevision()));
  }

  private MachineState goOnOrAbandon() {
    return lineage.current().isEmpty() ? abandon(Stories.andBefore(verdict, plan)) : failed();
  }

  /** What came back failed for good, which is for the policy to deal with. */
  private MachineState failed() {
    var end = new Run.End(JobState.FAILED, verdict.message());
    return state.with(lineage.ended(Optional.of(end))).with(Moves.end(plan));
  }

  private MachineState abandon(Verdict why) {
    return begin(Planner.abandon(plan, submitted(), lineage, why));
  }

  private MachineState stalled() {
    return state.with(
        new Stalled(new GaveUp(plan.goal(), Stories.andBefore(verdict, plan), false)));
  }

  private int nextRevision() {
    return state.lastRevision() + 1;
  }

  private MachineState begin(Plan next) {
    return Moves.begin(context.situation(), state, next);
  }

  /** What this plan has submitted, or may have: it may have come as far as state of its own. */
  private Optional<Run> submitted() {
    Optional<Integer> started = plan.startedRevision();
    Step step = plan.steps().get(context.executing().cursor());
    return step instanceof Step.Submit submit
        ? context
            .specOf(submit.revision())
            .map(spec -> StartSteps.run(context, submit.revision(), spec))
        : lineage.current().filter(run -> started.equals(Optional.of(run.revision())));
  }
}
