package io.streamjob.operator.telemetry;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Measures plans by the states of the machine before and after each status write. */
public final class PlanMeters {

  private final Telemetry telemetry;

  /** Since when the jobs have been stopped that are being upgraded, by uid. */
  private final Map<String, Instant> stopped = new ConcurrentHashMap<>();

  public PlanMeters(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  /** A transition was written. */
  public void moved(String uid, MachineState before, Decision.Transition transition, Instant now) {
    if (!(before.upgrade() instanceof Executing was)) {
      return;
    }
    Optional<Executing> next =
        executing(transition.next()).filter(later -> later.plan().equals(was.plan()));
    boolean isSameAttempt = next.filter(was::equals).isPresent();
    if (isSameAttempt) {
      return;
    }
    boolean isDone = next.filter(later -> later.cursor() > was.cursor()).isPresent();
    String outcome =
        isDone ? Metric.DONE : transition.story().isWarning() ? Metric.FAILED : Metric.SUPERSEDED;
    Optional<Step> step = step(was);
    step.ifPresent(over ->
        telemetry.time(
            Metric.STEPS, Duration.between(was.attempt().since(), now), over.label(), outcome));
    if (next.isEmpty()) {
      telemetry.count(
          Metric.PLANS, was.plan().kind().label(), step.isEmpty() ? Metric.DONE : outcome);
    }
    if (isDone && step.filter(over -> isStop(was.plan(), over)).isPresent()) {
      stopped.putIfAbsent(uid, was.attempt().since());
    }
  }

  /** Whether the run ends here that the plan puts another one in the place of. */
  private static boolean isStop(Plan plan, Step step) {
    return switch (plan.kind()) {
      case UPGRADE -> step instanceof Step.TakeSnapshot;
      case REPLACE -> step instanceof Step.Cancel;
      case CREATE, SUSPEND, RESUME, RECOVER, DELETE, KEEP, ROLLBACK, ABANDON -> false;
    };
  }

  /** A pass saw this. */
  public void saw(String uid, MachineState state, Observed observed, Instant now) {
    Instant since = stopped.get(uid);
    if (since == null) {
      return;
    }
    Optional<Executing> executing = executing(state);
    if (executing.isEmpty()) {
      // It is over without a run in its place, as when a suspension followed.
      stopped.remove(uid);
    } else if (executing
            .flatMap(PlanMeters::step)
            .filter(Step.AwaitHealthy.class::isInstance)
            .isPresent()
        && isRunning(state, observed)) {
      stopped.remove(uid);
      PlanKind kind = executing.get().plan().kind();
      telemetry.time(Metric.GAP, Duration.between(since, now), kind.label());
    }
  }

  private static boolean isRunning(MachineState state, Observed observed) {
    return state
        .lineage()
        .current()
        .flatMap(run -> observed.job(run.revision(), run.jobId()))
        .filter(JobView::isFullyRunning)
        .isPresent();
  }

  private static Optional<Executing> executing(MachineState state) {
    return switch (state.upgrade()) {
      case Executing executing -> Optional.of(executing);
      case UpgradeState.Idle idle -> Optional.empty();
      case UpgradeState.Stalled stalled -> Optional.empty();
    };
  }

  private static Optional<Step> step(Executing executing) {
    return executing.cursor() < executing.plan().steps().size()
        ? Optional.of(executing.plan().steps().get(executing.cursor()))
        : Optional.empty();
  }

  /** Forgets a job that is gone. */
  public void forget(String uid) {
    stopped.remove(uid);
  }
}
