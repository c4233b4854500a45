package io.streamjob.operator.core.plan;

import io.streamjob.operator.core.plan.Step.AwaitHealthy;
import io.streamjob.operator.core.plan.Step.Cancel;
import io.streamjob.operator.core.plan.Step.Claim;
import io.streamjob.operator.core.plan.Step.ConfirmUncommitted;
import io.streamjob.operator.core.plan.Step.Expectation;
import io.streamjob.operator.core.plan.Step.Fence;
import io.streamjob.operator.core.plan.Step.LocateCheckpoint;
import io.streamjob.operator.core.plan.Step.Park;
import io.streamjob.operator.core.plan.Step.Prepare;
import io.streamjob.operator.core.plan.Step.ReadResult;
import io.streamjob.operator.core.plan.Step.ResolveInitialState;
import io.streamjob.operator.core.plan.Step.Retire;
import io.streamjob.operator.core.plan.Step.Submit;
import io.streamjob.operator.core.plan.Step.TakeSnapshot;
import io.streamjob.operator.core.plan.Step.Unpark;
import io.streamjob.operator.core.plan.Step.Vacate;
import io.streamjob.operator.core.spec.Desired;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The recipes: which steps lead from a lineage to what is wanted. */
public final class Planner {

  private Planner() {}

  /**
   * The plan that brings the job to what is wanted; empty when it is there already.
   *
   * @param revision the number of the next revision, should the plan start one
   */
  public static Optional<Plan> plan(Desired desired, Lineage lineage, int revision) {
    Optional<Plan> wanted = wanted(desired, lineage, revision);
    if (!lineage.isParked() || wanted.filter(Planner::stopsAtOnce).isPresent()) {
      return wanted;
    }
    Plan next = wanted.orElseGet(() -> plan(PlanKind.KEEP, desired, List.of()));
    var steps = new ArrayList<Step>(List.of(new Unpark()));
    steps.addAll(next.steps());
    return Optional.of(plan(next.kind(), desired, steps));
  }

  private static boolean stopsAtOnce(Plan plan) {
    return !plan.steps().isEmpty() && plan.steps().getFirst() instanceof Park;
  }

  private static Optional<Plan> wanted(Desired desired, Lineage lineage, int revision) {
    return switch (desired.lifecycle()) {
      case RUNNING -> toRunning(desired, lineage, revision);
      case SUSPENDED -> lineage.current().map(run -> suspend(desired, run));
      case DELETED -> Optional.of(delete(desired, lineage));
    };
  }

  private static Optional<Plan> toRunning(Desired desired, Lineage lineage, int revision) {
    if (lineage.current().isEmpty()) {
      return Optional.of(start(desired, lineage, revision));
    }
    Run run = lineage.current().get();
    if (run.digest().equals(desired.revision().digest())) {
      return Optional.empty();
    }
    if (run.finished()) {
      return Optional.of(runAgain(desired, run, revision));
    }
    return Optional.of(
        run.isSavable() ? upgrade(desired, run, revision) : replace(desired, run, revision));
  }

  private static Plan start(Desired desired, Lineage lineage, int revision) {
    var steps = new ArrayList<Step>();
    // What no run has started from yet may still be changed in the spec.
    boolean hasState = lineage.restorePoint().isPresent() && lineage.initialStateUsed();
    boolean isInitialStateOpen =
        desired.initialState().isPresent() || lineage.restorePoint().isPresent();
    if (!lineage.initialStateUsed() && isInitialStateOpen) {
      steps.add(new ResolveInitialState());
    }
    steps.addAll(start(revision));
    return plan(hasState ? PlanKind.RESUME : PlanKind.CREATE, desired, steps);
  }

  private static List<Step> start(int revision) {
    return List.of(
        new Claim(revision), new Prepare(revision), new Submit(revision), new AwaitHealthy());
  }

  private static Plan upgrade(Desired desired, Run old, int revision) {
    return plan(
        PlanKind.UPGRADE,
        desired,
        takeOver(
            desired,
            old,
            revision,
            List.of(new Park(), new TakeSnapshot(desired.savepointFormat()), new Fence())));
  }

  /**
   * Standby: the new cluster stands ready before the old run is touched, and the old one after.
   * Recreate: the old one goes first, which needs room for one only.
   *
   * @param stop the steps that end the old run and keep its state
   */
  private static List<Step> takeOver(Desired desired, Run old, int revision, List<Step> stop) {
    var steps = new ArrayList<Step>(List.of(new Claim(revision)));
    switch (desired.strategy()) {
      case Standby -> {
        steps.add(new Prepare(revision));
        steps.addAll(stop);
      }
      case Recreate -> {
        steps.addAll(stop);
        steps.add(new Vacate(old.revision()));
        steps.add(new Prepare(revision));
      }
    }
    steps.addAll(List.of(new Submit(revision), new AwaitHealthy(), new Retire(old.revision())));
    return steps;
  }

  /**
   * No savepoint can be had of the old run: it failed, or has no state of its own as far as is
   * known. Its successor starts from the newest checkpoint that it completed, seen or unseen, or
   * else from where it started.
   */
  private static Plan replace(Desired desired, Run old, int revision) {
    return plan(
        PlanKind.REPLACE,
        desired,
        takeOver(
            desired, old, revision, List.of(new Park(), new Cancel(old.revision()), locate(old))));
  }

  /** The old run came to the end of its input: nothing to take over from it. */
  private static Plan runAgain(Desired desired, Run old, int revision) {
    return plan(
        PlanKind.CREATE,
        desired,
        List.of(
            new Retire(old.revision()),
            new Claim(revision),
            new Prepare(revision),
            new Submit(revision),
            new AwaitHealthy()));
  }

  private static Plan suspend(Desired desired, Run run) {
    return plan(PlanKind.SUSPEND, desired, end(run, desired, true));
  }

  private static Plan delete(Desired desired, Lineage lineage) {
    return plan(
        PlanKind.DELETE,
        desired,
        lineage
            .current()
            // Of a run that failed no savepoint can be had, and its checkpoints stay.
            .map(run -> end(run, desired, desired.savepointOnDelete() && run.isSavable()))
            .orElse(List.of()));
  }

  private static List<Step> end(Run run, Desired desired, boolean keepState) {
    if (run.finished()) {
      return List.of(new Retire(run.revision()));
    }
    if (!keepState) {
      return List.of(new Park(), new Cancel(run.revision()), new Retire(run.revision()));
    }
    return run.isSavable()
        ? List.of(
            new Park(),
            new TakeSnapshot(desired.savepointFormat()),
            new Fence(),
            new Retire(run.revision()))
        : List.of(new Park(), new Cancel(run.revision()), locate(run), new Retire(run.revision()));
  }

  /**
   * The run is lost with its JobManager. Its TaskManagers may write on until they notice, so
   * nothing of it may be left before the newest checkpoint is looked for.
   *
   * @param afterwards what had been given up before, and still is
   */
  public static Plan recover(Desired desired, Run lost, int revision, Optional<GaveUp> afterwards) {
    return recover(desired.goal(), desired.generation(), lost, revision, afterwards);
  }

  /** The same while nobody knows what is wanted: what ran goes on. */
  public static Plan recover(Run lost, int revision, Optional<GaveUp> afterwards) {
    return recover(running(lost), lost.generation(), lost, revision, afterwards);
  }

  /** The goal that the run was started for. */
  private static String running(Run run) {
    return "RUNNING:" + run.digest();
  }

  /** The run that {@code plan} started is lost with its JobManager, or cannot be taken back. */
  public static Plan recover(Plan plan, Run lost, int revision) {
    Optional<GaveUp> afterwards =
        plan.afterwards().filter(given -> plan.digest().equals(lost.digest()));
    return recover(plan.goal(), plan.generation(), lost, revision, afterwards);
  }

  private static Plan recover(
      String goal, long generation, Run lost, int revision, Optional<GaveUp> afterwards) {
    var steps = new ArrayList<Step>();
    if (lost.ended().isEmpty()) {
      steps.addAll(readResult(lost));
    }
    steps.add(new Retire(lost.revision()));
    steps.add(locate(lost));
    steps.addAll(start(revision));
    return new Plan(PlanKind.RECOVER, goal, generation, lost.digest(), steps, afterwards);
  }

  /**
   * The old run goes on where its savepoint left it, on its own cluster if that is still there. The
   * failed cluster goes first, so that no submission on its way can start a second writer; what has
   * finished unseen has not failed.
   */
  public static Plan rollback(Plan failed, Optional<Run> submitted, Run previous, Verdict verdict) {
    return rollback(failed, submitted, previous, List.of(), previous.revision(), verdict);
  }

  /** The same on a new cluster, because the old run's does not answer. */
  public static Plan rollbackAfresh(
      Plan failed, Optional<Run> submitted, Run previous, int revision, Verdict verdict) {
    return rollback(
        failed, submitted, previous, List.of(new Retire(previous.revision())), revision, verdict);
  }

  private static Plan rollback(
      Plan failed,
      Optional<Run> submitted,
      Run previous,
      List<Step> between,
      int revision,
      Verdict verdict) {
    var steps = new ArrayList<Step>();
    submitted.ifPresent(run -> steps.addAll(readResult(run)));
    failed.startedRevision().ifPresent(started -> steps.add(new Retire(started)));
    submitted.ifPresent(run -> steps.add(new ConfirmUncommitted(run)));
    steps.addAll(between);
    steps.addAll(start(revision));
    return new Plan(
        PlanKind.ROLLBACK,
        failed.goal(),
        failed.generation(),
        previous.digest(),
        steps,
        Optional.of(new GaveUp(failed.goal(), verdict, true)));
  }

  /** The spec was taken back before the new version committed anything: so is what was done. */
  public static Plan revert(Plan rollback, Desired desired) {
    return new Plan(
        rollback.kind(),
        desired.goal(),
        desired.generation(),
        rollback.digest(),
        rollback.steps(),
        Optional.empty());
  }

  /** The cluster that was kept for the way back is of no use: the way back leads to a new one. */
  public static Plan rollbackAfresh(Plan rollback, Optional<Run> submitted, int revision) {
    int kept = rollback.startedRevision().orElseThrow();
    var steps = new ArrayList<Step>();
    submitted.ifPresent(run -> steps.addAll(readResult(run)));
    steps.add(new Retire(kept));
    submitted.ifPresent(run -> steps.add(locate(run)));
    steps.addAll(start(revision));
    return new Plan(
        PlanKind.ROLLBACK,
        rollback.goal(),
        rollback.generation(),
        rollback.digest(),
        steps,
        rollback.afterwards());
  }

  /** Not before nothing of it can end any more, not after its results went with its cluster. */
  private static List<Step> readResult(Run run) {
    return List.of(new Vacate(run.revision()), new ReadResult(run));
  }

  private static Step locate(Run run) {
    return new LocateCheckpoint(
        run.jobId(), run.proven() ? Expectation.CERTAIN : Expectation.POSSIBLE);
  }

  /** What runs goes on, and whatever the failed plan began to start is removed. */
  public static Plan abandon(
      Plan failed, Optional<Run> submitted, Lineage lineage, Verdict verdict) {
    var steps = new ArrayList<Step>();
    if (lineage.isParked()) {
      steps.add(new Unpark());
    }
    failed.startedRevision().ifPresent(revision -> steps.add(new Retire(revision)));
    submitted.ifPresent(run -> steps.add(locate(run)));
    return new Plan(
        PlanKind.ABANDON,
        failed.goal(),
        failed.generation(),
        failed.digest(),
        steps,
        Optional.of(new GaveUp(failed.goal(), verdict, false)));
  }

  /**
   * The run is over, though not by this operator's doing: nothing of it may come back. That is as
   * good as a suspension, and anything else is given up.
   */
  public static Plan clear(Desired desired, Run run, Verdict verdict) {
    Optional<GaveUp> afterwards =
        Optional.of(new GaveUp(desired.goal(), verdict, false))
            .filter(given -> desired.lifecycle() != Desired.Lifecycle.SUSPENDED);
    return clear(desired.goal(), desired.generation(), run, afterwards);
  }

  /** The same while nobody knows what is wanted. */
  public static Plan clear(Run run, Verdict verdict) {
    return clear(
        running(run), run.generation(), run, Optional.of(new GaveUp(running(run), verdict, false)));
  }

  private static Plan clear(String goal, long generation, Run run, Optional<GaveUp> afterwards) {
    return new Plan(
        PlanKind.ABANDON,
        goal,
        generation,
        run.digest(),
        List.of(new Park(), new Retire(run.revision())),
        afterwards);
  }

  /** No savepoint can be had of the run that is to be deleted: it goes without one. */
  public static Plan deleteWithoutSavepoint(Plan failed, Run run) {
    return new Plan(
        PlanKind.DELETE,
        failed.goal(),
        failed.generation(),
        failed.digest(),
        List.of(new Retire(run.revision())),
        Optional.empty());
  }

  private static Plan plan(PlanKind kind, Desired desired, List<Step> steps) {
    return new Plan(
        kind,
        desired.goal(),
        desired.generation(),
        desired.revision().digest(),
        steps,
        Optional.empty());
  }
}
