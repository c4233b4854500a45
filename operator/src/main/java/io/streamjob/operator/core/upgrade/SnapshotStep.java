package io.streamjob.operator.core.upgrade;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.SavepointSpec.AttemptOrigin;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.FindSnapshot;
import io.streamjob.operator.core.upgrade.Action.RecordSavepoint;
import io.streamjob.operator.core.upgrade.Action.StopWithSavepoint;
import io.streamjob.operator.core.upgrade.Decision.Story;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stops the current run with a savepoint. It ends in one of six ways:
 *
 * <ol>
 *   <li>the savepoint fails and the job goes on: another attempt, or give up;
 *   <li>the savepoint is complete but a task does not end, and Flink falls back to an older
 *       checkpoint: the savepoint counts, and the fence cancels the job;
 *   <li>the JobManager dies midway: the attempt's own folder says whether a savepoint was
 *       completed;
 *   <li>the JobManager dies after the job finished: likewise;
 *   <li>the JobManager does not answer any more: the run is taken down, and the folder says the
 *       same;
 *   <li>success: Flink names the savepoint.
 * </ol>
 */
final class SnapshotStep {

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  /** How often it is asked again whether the namespace still takes a Savepoint in. */
  private static final Duration RECORDED = Duration.ofSeconds(20);

  private static final String RESTARTED =
      "the JobManager restarted and does not know the job any more";

  private final StepContext context;
  private final Run run;
  private final RevisionSpec spec;
  private final SavepointFormat format;

  private SnapshotStep(StepContext context, Run run, RevisionSpec spec, SavepointFormat format) {
    this.context = context;
    this.run = run;
    this.spec = spec;
    this.format = format;
  }

  static StepOutcome evaluate(StepContext context, SavepointFormat format) {
    Optional<Run> run = context.lineage().current();
    if (run.isEmpty()) {
      return context.advance(context.lineage(), "there is no run to stop");
    }
    return context
        .observed()
        .revision(run.get().revision())
        .spec()
        .map(spec -> new SnapshotStep(context, run.get(), spec, format).evaluate())
        .orElseGet(() ->
            context.fail(
                "RevisionLost",
                "the ControllerRevision of revision %d is gone: restore it from a backup"
                    .formatted(run.get().revision())));
  }

  private StepOutcome evaluate() {
    if (context
        .desired()
        .filter(desired -> desired.lifecycle() == Lifecycle.DELETED)
        .filter(desired -> !desired.savepointOnDelete())
        .isPresent()) {
      return context.fail(
          "SavepointUnwanted", "spec.onDelete is Cancel now: the job ends without a savepoint");
    }
    Optional<Reply> recorded = context.reply("record");
    Optional<Reply> again = context.reply("record/again");
    Optional<Problem> refusal =
        Stream.of(recorded, again)
            .flatMap(reply -> reply.flatMap(SnapshotStep::problem).stream())
            .filter(Problem::isFinal)
            .findFirst();
    if (refusal.isPresent()) {
      return context.fail(refusal.get());
    }
    if (recorded.filter(Reply.Done.class::isInstance).isEmpty()) {
      return await(recorded, record("record"));
    }
    StepOutcome outcome = take();
    boolean isDue = context.age(again.or(() -> recorded).get()).compareTo(RECORDED) > 0;
    return isDue && outcome instanceof StepOutcome.Await await
        ? await.and(record("record/again"))
        : outcome;
  }

  private StepOutcome take() {
    RevisionView view = context.observed().revision(run.revision());
    return switch (view.cluster()) {
      // Nobody brings it back, as in a namespace that is being deleted.
      case ClusterView.Unreachable gone when view.remains() == 0 ->
          consultFolder(
              "find/gone",
              SnapshotProblems.unreachable(gone),
              Optional.of(run.failed() ? takenDown() : lostMidway()));
      case ClusterView.Unreachable gone when run.failed() && !view.isUnseen() -> takeDown(gone);
      case ClusterView.Unreachable gone ->
          consultFolder(
              "find",
              SnapshotProblems.unreachable(gone),
              Optional.of(gone).filter(this::isGivenUp).map(silent -> giveUp()));
      case ClusterView.Reachable cluster when run.failed() && view.workloads() -> back();
      case ClusterView.Reachable cluster -> follow(cluster);
    };
  }

  private boolean isGivenUp(ClusterView.Unreachable gone) {
    return isSilentFor(gone, context.limits().snapshot());
  }

  /** Both since it answered last and since this attempt began. */
  private boolean isSilentFor(ClusterView.Unreachable gone, Duration time) {
    return context.isOverdue(time)
        && gone.since().filter(since -> since.plus(time).isBefore(context.now())).isPresent();
  }

  /** From now on the run counts as failed, and is taken down: then nothing can complete unseen. */
  private StepOutcome giveUp() {
    String why =
        "its JobManager has not answered for %s, and no savepoint of it is complete"
            .formatted(Texts.duration(context.limits().snapshot()));
    return new StepOutcome.Over(
        context.lineage().ended(Optional.of(new Run.End(JobState.FAILED, why))),
        context.executing(),
        new Story("JobManagerSilent", why + ": the run is taken down", true));
  }

  private StepOutcome takeDown(ClusterView.Unreachable gone) {
    return EndSteps.remove(
        context,
        run.revision(),
        "its JobManager does not answer: " + gone.why(),
        isSilentFor(gone, context.limits().snapshot().plus(EndSteps.LINGERING)));
  }

  private StepOutcome back() {
    return new StepOutcome.Over(
        context.lineage().ended(Optional.empty()),
        context.executing(),
        new Story("JobManagerBack", "its JobManager answers again", false));
  }

  /** What is wanted now goes by its newest checkpoint, unless the job had come to its end. */
  private StepOutcome takenDown() {
    boolean isWantedAsItWas =
        context
            .desired()
            .map(desired ->
                desired.lifecycle() == Lifecycle.RUNNING
                    && desired.revision().digest().equals(run.digest()))
            .orElse(true);
    if (isWantedAsItWas) {
      return new StepOutcome.Lost(
          run.withEnd(Optional.empty()),
          new Verdict("JobLost", "its JobManager did not answer: it is recovered"));
    }
    StepOutcome result = StateSteps.readResult(context, run);
    return result instanceof StepOutcome.Advance
        ? new StepOutcome.Over(
            context.lineage().unparked(),
            new UpgradeState.Idle(),
            new Story(
                "SavepointImpossible",
                "no savepoint could be had of a run whose JobManager does not answer; its newest checkpoint counts",
                true))
        : result;
  }

  private StepOutcome follow(ClusterView.Reachable cluster) {
    return switch (cluster.trigger(context.operationId())) {
      case TriggerView.Completed completed -> taken(completed.location());
      case TriggerView.InProgress progress ->
          context.isOverdue(context.limits().snapshot())
              ? consultFolder("find", SnapshotProblems.slow(context), Optional.empty())
              : context.await();
      case TriggerView.Failed failed ->
          consultFolder(
              "find/failed",
              new Problem("SavepointFailed", failed.cause() + ": " + failed.message(), false),
              Optional.of(
                  stoppedElsewhere(cluster)
                      .orElseGet(() -> afterFailure(failed, cluster.isOver(run.jobId())))));
      case TriggerView.Unknown notAsked -> ask(cluster);
    };
  }

  /** Flink knows nothing of the attempt: it was not asked yet, or has forgotten. */
  private StepOutcome ask(ClusterView.Reachable cluster) {
    if (cluster.isOver(run.jobId())) {
      return consultFolder(
          "find/ended",
          new Problem("JobEnded", ended(cluster), false),
          Optional.of(Look.first(context, run, state -> afterEnd(cluster, state))));
    }
    Optional<Reply> stop = context.reply("stop");
    boolean isAccepted = stop.filter(Reply.Done.class::isInstance).isPresent();
    if (isAccepted && context.age(stop.get()).compareTo(PATIENCE) < 0) {
      return context.await(PATIENCE, Optional.empty(), List.of());
    }
    if (context.elapsed().compareTo(backoff()) < 0) {
      return context.await(backoff(), Optional.of(SnapshotProblems.waiting(context)), List.of());
    }
    return consultFolder(
        "find",
        stop.flatMap(SnapshotStep::problem)
            .orElse(new Problem("Saving", "asking Flink for the savepoint", false)),
        Optional.of(context.await(FRESH, stop.flatMap(SnapshotStep::problem), List.of(stop()))));
  }

  /**
   * Takes the savepoint that lies complete in the attempt's own folder, whatever Flink says or
   * forgot; otherwise goes on as told.
   *
   * @param call names the look: what was seen empty before the attempt ended proves nothing after
   */
  private StepOutcome consultFolder(
      String call, Problem meanwhile, Optional<StepOutcome> otherwise) {
    Optional<Reply> found = context.reply(call, FRESH);
    if (found.isEmpty()) {
      return context.await(meanwhile, find(call));
    }
    return switch (found.get()) {
      case Reply.Done done when !done.value().isEmpty() -> taken(done.value());
      case Reply.Done nothing -> otherwise.orElseGet(() -> context.await(meanwhile));
      case Reply.Failed failed -> context.await(failed.problem());
    };
  }

  /** A job that ended by itself has left its newest checkpoint, and will never have a newer one. */
  private StepOutcome afterEnd(ClusterView.Reachable cluster, Optional<JobState> now) {
    if (now.filter(state -> !state.isGloballyTerminal()).isPresent()) {
      return context.await(); // brought back before it was parked
    }
    if (now.isEmpty()) {
      return lostMidway();
    }
    return stoppedElsewhere(cluster).orElseGet(() -> endedByItself(cluster));
  }

  private Optional<StepOutcome> stoppedElsewhere(ClusterView.Reachable cluster) {
    return cluster
        .job(run.jobId())
        .filter(job -> job.state() == JobState.FINISHED)
        .flatMap(JobView::stoppedWith)
        .map(savepoint ->
            context.advance(
                context.lineage().restoringFrom(Resting.stopPoint(run, savepoint)),
                "somebody else stopped the job with a savepoint, which counts: " + savepoint));
  }

  private StepOutcome endedByItself(ClusterView.Reachable cluster) {
    Optional<JobView> job = cluster.job(run.jobId());
    return job.filter(
            ended -> ended.state() == JobState.FAILED || ended.state() == JobState.CANCELED)
        .flatMap(JobView::latestCheckpoint)
        .map(checkpoint ->
            context.advance(
                context
                    .lineage()
                    .restoringFrom(
                        new RestorePoint(
                            checkpoint,
                            Optional.empty(),
                            "the newest checkpoint of revision %d, whose job ended by itself"
                                .formatted(run.revision()))),
                "%s: its newest checkpoint counts, %s".formatted(ended(cluster), checkpoint)))
        .orElseGet(() -> context.fail("JobEnded", ended(cluster)));
  }

  /** Its JobManager died after it was parked: it is recovered, and then stopped anew. */
  private StepOutcome lostMidway() {
    boolean isWorthIt =
        switch (context.plan().kind()) {
          case UPGRADE, SUSPEND ->
              context
                  .situation()
                  .state()
                  .restarts()
                  .allow(context.limits().snapshotAttempts(), Restarts.LATELY, context.now());
          case CREATE, REPLACE, RESUME, RECOVER, DELETE, KEEP, ROLLBACK, ABANDON -> false;
        };
    return isWorthIt
        ? new StepOutcome.Lost(
            run, new Verdict("JobLost", RESTARTED + ": it is recovered, and then stopped anew"))
        : context.fail("JobEnded", RESTARTED);
  }

  private StepOutcome afterFailure(TriggerView.Failed failed, boolean jobIsOver) {
    String message = "the savepoint failed (%s: %s)".formatted(failed.cause(), failed.message());
    if (jobIsOver) {
      return context.fail("SavepointFailed", message + " and the job has ended");
    }
    int attempts = context.executing().attempt().number();
    boolean isLast =
        context.plan().kind() == PlanKind.UPGRADE
            && attempts >= context.limits().snapshotAttempts();
    return isLast
        ? context.fail(
            "SavepointFailed",
            "%s, %d times; the job runs on as before: mend the cause, then revert the change and apply it again"
                .formatted(message, attempts))
        : new StepOutcome.Retry(new Verdict("SavepointFailed", message));
  }

  private String ended(ClusterView.Reachable cluster) {
    JobView job = cluster.jobs().get(run.jobId());
    return job == null
        ? RESTARTED
        : "the job is %s%s without a savepoint"
            .formatted(job.state(), job.failure().map(why -> " (" + why + ")").orElse(""));
  }

  private StepOutcome taken(String location) {
    var point =
        new RestorePoint(
            location,
            Optional.of(Savepoints.name(context.situation().name(), context.operationId())),
            "the savepoint that stopped revision %d".formatted(run.revision()));
    return context.advance(
        context.lineage().restoringFrom(point), "savepoint taken: %s".formatted(location));
  }

  private static Optional<Problem> problem(Reply reply) {
    return reply instanceof Reply.Failed failed ? Optional.of(failed.problem()) : Optional.empty();
  }

  private StepOutcome await(Optional<Reply> reply, Action action) {
    return context.await(FRESH, reply.flatMap(SnapshotStep::problem), List.of(action));
  }

  /** Attempts after the first wait 2, 4, 8 … s, at most a minute. */
  private Duration backoff() {
    int attempt = context.executing().attempt().number();
    if (attempt == 1) {
      return Duration.ZERO;
    }
    Duration backoff = Duration.ofSeconds(1L << Math.min(attempt - 1, 6));
    return backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
  }

  /** Made again, it is refused by a namespace that is on its way out, which waits for nobody. */
  private Action record(String call) {
    return new RecordSavepoint(
        context.key(call),
        context.operationId(),
        run.jobId(),
        spec.storageProfile(),
        origin(),
        format);
  }

  private Action find(String call) {
    return new FindSnapshot(context.key(call), context.operationId(), spec.storageProfile());
  }

  private Action stop() {
    return new StopWithSavepoint(
        context.key("stop"),
        run.revision(),
        run.jobId(),
        context.operationId(),
        spec.storageProfile(),
        format);
  }

  private AttemptOrigin origin() {
    return switch (context.plan().kind()) {
      case SUSPEND -> AttemptOrigin.Suspend;
      case DELETE -> AttemptOrigin.Delete;
      case UPGRADE, CREATE, REPLACE, RESUME, RECOVER, ROLLBACK, KEEP, ABANDON ->
          AttemptOrigin.Upgrade;
    };
  }
}
