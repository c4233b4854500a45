package io.streamjob.operator.core.upgrade;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.SavepointSpec.AttemptOrigin;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.FindSnapshot;
import io.streamjob.operator.core.upgrade.Action.RecordSavepoint;
import io.streamjob.operator.core.upgrade.Action.StopWithSavepoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stops the current run with a savepoint. It ends in one of five ways:
 *
 * <ol>
 *   <li>the savepoint fails and the job goes on: another attempt, or give up;
 *   <li>the savepoint is complete but a task does not end, and Flink falls back to an older
 *       checkpoint: the savepoint counts, and the fence cancels the job;
 *   <li>the JobManager dies midway: the attempt's own folder says whether a savepoint was
 *       completed;
 *   <li>the JobManager dies after the job finished: likewise;
 *   <li>success: Flink names the savepoint.
 * </ol>
 */
final class SnapshotStep {

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private final StepContext context;
  private final Run run;
  private final RevisionSpec spec;

  private SnapshotStep(StepContext context, Run run, RevisionSpec spec) {
    this.context = context;
    this.run = run;
    this.spec = spec;
  }

  static StepOutcome evaluate(StepContext context) {
    Optional<Run> run = context.lineage().current();
    if (run.isEmpty()) {
      return context.advance(context.lineage(), "there is no run to stop");
    }
    return context
        .observed()
        .revision(run.get().revision())
        .spec()
        .map(spec -> new SnapshotStep(context, run.get(), spec).evaluate())
        .orElseGet(() ->
            context.fail(
                "RevisionLost",
                "the ControllerRevision of revision %d is gone: restore it from a backup"
                    .formatted(run.get().revision())));
  }

  private StepOutcome evaluate() {
    if (context.reply("record").filter(Reply.Done.class::isInstance).isEmpty()) {
      return await(context.reply("record"), record());
    }
    return switch (context.observed().revision(run.revision()).cluster()) {
      case ClusterView.Unreachable gone -> consultFolder(unreachable(gone), Optional.empty());
      case ClusterView.Reachable cluster -> follow(cluster);
    };
  }

  private StepOutcome follow(ClusterView.Reachable cluster) {
    var unknown = new TriggerView.Unknown();
    return switch (cluster.triggers().getOrDefault(context.operationId(), unknown)) {
      case TriggerView.Completed completed -> taken(completed.location());
      case TriggerView.InProgress progress -> context.await();
      case TriggerView.Failed failed ->
          consultFolder(
              new Problem("SavepointFailed", failed.cause() + ": " + failed.message(), false),
              Optional.of(afterFailure(failed, isOver(cluster))));
      case TriggerView.Unknown notAsked -> ask(cluster);
    };
  }

  /** Flink knows nothing of the attempt: it was not asked yet, or has forgotten. */
  private StepOutcome ask(ClusterView.Reachable cluster) {
    if (isOver(cluster)) {
      return consultFolder(
          new Problem("JobEnded", ended(cluster), false),
          Optional.of(context.fail("JobEnded", ended(cluster))));
    }
    Optional<Reply> stop = context.reply("stop");
    boolean isAccepted = stop.filter(Reply.Done.class::isInstance).isPresent();
    if (isAccepted && context.age(stop.get()).compareTo(PATIENCE) < 0) {
      return context.await(PATIENCE, Optional.empty(), List.of());
    }
    if (context.elapsed().compareTo(backoff()) < 0) {
      return context.await(backoff(), Optional.empty(), List.of());
    }
    return consultFolder(
        stop.flatMap(SnapshotStep::problem)
            .orElse(new Problem("Saving", "asking Flink for the savepoint", false)),
        Optional.of(context.await(FRESH, stop.flatMap(SnapshotStep::problem), List.of(stop()))));
  }

  /**
   * Takes the savepoint that lies complete in the attempt's own folder, whatever Flink says or
   * forgot; otherwise goes on as told.
   */
  private StepOutcome consultFolder(Problem meanwhile, Optional<StepOutcome> otherwise) {
    Optional<Reply> found = context.reply("find", FRESH);
    if (found.isEmpty()) {
      return context.await(meanwhile, find());
    }
    return switch (found.get()) {
      case Reply.Done done when !done.value().isEmpty() -> taken(done.value());
      case Reply.Done nothing -> otherwise.orElseGet(() -> context.await(meanwhile));
      case Reply.Failed failed -> context.await(failed.problem());
    };
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
            "%s, %d times; the job runs on as before: mend the cause, then apply the change again"
                .formatted(message, attempts))
        : new StepOutcome.Retry(new Verdict("SavepointFailed", message));
  }

  private boolean isOver(ClusterView.Reachable cluster) {
    JobView job = cluster.jobs().get(run.jobId());
    return job == null || job.state().isGloballyTerminal();
  }

  private String ended(ClusterView.Reachable cluster) {
    JobView job = cluster.jobs().get(run.jobId());
    return job == null
        ? "the JobManager restarted and does not know the job any more"
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

  private static Problem unreachable(ClusterView.Unreachable gone) {
    return new Problem(
        "JobManagerUnreachable",
        "the JobManager does not answer (%s): look at its pod".formatted(gone.why()),
        false);
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

  private Action record() {
    return new RecordSavepoint(
        context.key("record"),
        context.operationId(),
        run.jobId(),
        spec.storageProfile(),
        origin(),
        format());
  }

  private Action find() {
    return new FindSnapshot(context.key("find"), context.operationId(), spec.storageProfile());
  }

  private Action stop() {
    return new StopWithSavepoint(
        context.key("stop"),
        run.revision(),
        run.jobId(),
        context.operationId(),
        spec.storageProfile(),
        format());
  }

  private SavepointFormat format() {
    return context.desired().map(Desired::savepointFormat).orElse(SavepointFormat.Canonical);
  }

  private AttemptOrigin origin() {
    return switch (context.plan().kind()) {
      case SUSPEND -> AttemptOrigin.Suspend;
      case DELETE -> AttemptOrigin.Delete;
      case UPGRADE, CREATE, REPLACE, RESUME, RECOVER, ROLLBACK, ABANDON -> AttemptOrigin.Upgrade;
    };
  }
}
