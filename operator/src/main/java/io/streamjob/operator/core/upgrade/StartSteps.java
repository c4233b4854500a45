package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.CancelJob;
import io.streamjob.operator.core.upgrade.Action.SubmitJob;
import io.streamjob.operator.core.upgrade.Action.TriggerCheckpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The steps that start a run and see it well. */
final class StartSteps {

  private static final Duration RETRY = Duration.ofSeconds(2);

  /** A cluster that was kept running answers within this time, or is replaced. */
  static final Duration KEPT = Duration.ofSeconds(30);

  /** How often a job that must start is submitted again after a refusal. */
  private static final Duration INSIST = Duration.ofSeconds(15);

  private StartSteps() {}

  /**
   * Submits the job under this attempt's id. A refusal does not mean that nothing runs, and a lost
   * reply does not mean that nothing was submitted: the job is looked up by its id before anything
   * is concluded.
   */
  static StepOutcome submit(StepContext context, int revision) {
    Optional<RevisionSpec> spec = context.observed().revision(revision).spec();
    if (spec.isEmpty()) {
      return context.fail("RevisionLost", "the ControllerRevision of the new revision is gone");
    }
    return switch (context.observed().revision(revision).cluster()) {
      case ClusterView.Reachable cluster -> submit(context, revision, spec.get(), cluster);
      case ClusterView.Unreachable gone -> silent(context, revision, gone);
    };
  }

  private static StepOutcome silent(
      StepContext context, int revision, ClusterView.Unreachable gone) {
    Problem problem =
        context
            .observed()
            .revision(revision)
            .problem()
            .orElse(new Problem("JobManagerUnreachable", gone.why(), false));
    return context.isOverdue(context.isOnKeptCluster() ? KEPT : context.limits().healthy())
        ? context.fail(problem)
        : context.await(RETRY, Optional.of(problem), List.of());
  }

  private static StepOutcome submit(
      StepContext context, int revision, RevisionSpec spec, ClusterView.Reachable cluster) {
    String jobId = context.operationId();
    Optional<Reply> reply = context.reply("submit");
    JobView job = cluster.jobs().get(jobId);
    if (job != null) {
      return submitted(context, revision, spec, job, reply);
    }
    Optional<CancelJob> other = other(context, revision, cluster);
    if (other.isPresent()) {
      return context.await(RETRY, Optional.empty(), List.of(other.get()));
    }
    return reply
        .map(answer -> unseen(context, revision, spec, answer))
        .orElseGet(() -> context.await(submission(context, revision, spec)));
  }

  /** The cluster of a revision runs one job: anything else on it ends before the submission. */
  private static Optional<CancelJob> other(
      StepContext context, int revision, ClusterView.Reachable cluster) {
    return cluster.jobs().values().stream()
        .filter(job -> !job.state().isGloballyTerminal())
        .map(job -> new CancelJob(context.key("cancel/" + job.id()), revision, job.id()))
        .findFirst();
  }

  private static StepOutcome submitted(
      StepContext context, int revision, RevisionSpec spec, JobView job, Optional<Reply> reply) {
    if (job.state() == JobState.FAILED) {
      return context.fail(
          "SubmissionFailed",
          "the job did not start: " + job.failure().orElse("Flink gives no reason"));
    }
    if (reply.orElse(null) instanceof Reply.Failed refused && refused.problem().isFinal()) {
      return context.fail(refused.problem());
    }
    Run run = run(context, revision, spec);
    Optional<RestorePoint> from = run.from();
    return context.advance(
        context.lineage().submitted(run),
        "revision %d is submitted %s"
            .formatted(
                revision, from.map(point -> "from " + point.location()).orElse("without state")));
  }

  static Run run(StepContext context, int revision, RevisionSpec spec) {
    // The way back runs what an earlier generation asked for.
    long generation =
        context
            .lineage()
            .previous()
            .filter(former -> former.revision() == revision)
            .map(Run::generation)
            .orElse(context.plan().generation());
    return new Run(
        revision,
        spec.digest(),
        generation,
        context.operationId(),
        context.lineage().restorePoint(),
        context.now(),
        false,
        Optional.empty(),
        false);
  }

  /** An answer has come and the job is not to be seen, or not yet. */
  private static StepOutcome unseen(
      StepContext context, int revision, RevisionSpec spec, Reply answer) {
    if (context.age(answer).compareTo(RETRY) < 0) {
      return context.await(RETRY, Optional.empty(), List.of());
    }
    if (answer instanceof Reply.Failed failed) {
      if (failed.problem().isFinal() && mustStart(context) && !context.isOvertaken()) {
        return context.await(
            INSIST,
            Optional.of(failed.problem()),
            context.age(answer).compareTo(INSIST) < 0
                ? List.of()
                : List.of(submission(context, revision, spec)));
      }
      if (failed.problem().isFinal() || context.isOverdue(context.limits().healthy())) {
        return context.fail(failed.problem());
      }
      return context.await(
          RETRY, Optional.of(failed.problem()), List.of(submission(context, revision, spec)));
    }
    // What the watcher saw last may be older than the answer.
    Run run = run(context, revision, spec);
    return Look.first(
        context,
        run,
        state -> state.isPresent() ? context.await(RETRY, Optional.empty(), List.of()) : gone(run));
  }

  private static StepOutcome gone(Run run) {
    return new StepOutcome.Lost(
        run,
        new Verdict(
            "JobVanished", "Flink took the job and does not know it any more: look at its log"));
  }

  /** It ran before, with this state, and nothing else runs: what refuses it now may pass. */
  private static boolean mustStart(StepContext context) {
    return switch (context.plan().kind()) {
      case RECOVER -> true;
      case ROLLBACK -> !context.isOnKeptCluster();
      case CREATE, UPGRADE, REPLACE, SUSPEND, RESUME, DELETE, KEEP, ABANDON -> false;
    };
  }

  private static Action submission(StepContext context, int revision, RevisionSpec spec) {
    return new SubmitJob(
        context.key("submit"),
        revision,
        context.operationId(),
        spec,
        context.lineage().restorePoint().map(RestorePoint::location));
  }

  /** RUNNING is no proof (bad state shows as a restart loop); a completed checkpoint is. */
  static StepOutcome awaitHealthy(StepContext context) {
    Optional<Run> current = context.lineage().current();
    if (current.isEmpty()) {
      return context.fail("JobLost", "the run ended before it completed a checkpoint");
    }
    Run run = current.get();
    RevisionView view = context.observed().revision(run.revision());
    return switch (view.cluster()) {
      // Nobody brings it back, as in a namespace that is being deleted.
      case ClusterView.Unreachable gone when view.remains() == 0 ->
          new StepOutcome.Lost(
              run, new Verdict("JobLost", "everything that the job was made of was deleted"));
      case ClusterView.Unreachable gone ->
          notYet(context, new Problem("JobManagerUnreachable", gone.why(), false), List.of());
      case ClusterView.Reachable cluster ->
          cluster
              .job(run.jobId())
              .map(job -> awaitHealthy(context, run, job))
              .orElseGet(() ->
                  new StepOutcome.Lost(
                      run,
                      new Verdict(
                          "JobLost", "the JobManager restarted before the job had a checkpoint")));
    };
  }

  private static StepOutcome awaitHealthy(StepContext context, Run run, JobView job) {
    String what = "revision %d".formatted(run.revision());
    return switch (job.state()) {
      case FINISHED ->
          job.stoppedWith().isPresent()
              ? context.advance(context.lineage().proven(), what + " was stopped by somebody else")
              : context.advance(context.lineage().finished(), what + " has finished");
      case FAILED, CANCELED ->
          job.hasCommitted()
              ? committed(context, what)
              : context.fail("JobFailed", job.failure().orElse("the job is " + job.state()));
      case RUNNING,
          INITIALIZING,
          CREATED,
          FAILING,
          CANCELLING,
          RESTARTING,
          SUSPENDED,
          RECONCILING -> {
        if (job.isFullyRunning() && job.hasCommitted()) {
          yield context.advance(
              context.lineage().proven(), what + " runs and has completed a checkpoint");
        }
        if (job.hasCommitted() && context.isOverdue(context.limits().healthy())) {
          yield committed(context, what);
        }
        yield job.isFullyRunning() ? prove(context, run) : starting(context, job);
      }
    };
  }

  /** Its sinks have committed output: to go back behind that would write the output again. */
  private static StepOutcome committed(StepContext context, String what) {
    return context.advance(
        context.lineage().proven(),
        what + " is not well, but has completed a checkpoint: there is no way back any more");
  }

  private static StepOutcome starting(StepContext context, JobView job) {
    return notYet(
        context,
        job.failure()
            .map(why -> new Problem("JobRestarting", "the job restarts: " + why, false))
            .orElse(
                new Problem(
                    "JobStarting",
                    "%d of %d tasks run".formatted(job.runningTasks(), job.totalTasks()),
                    false)),
        List.of());
  }

  private static StepOutcome prove(StepContext context, Run run) {
    boolean isAsked = context.reply("checkpoint", Duration.ofSeconds(10)).isPresent();
    Action trigger =
        new TriggerCheckpoint(
            context.key("checkpoint"), run.revision(), run.jobId(), context.operationId());
    return notYet(
        context,
        new Problem("AwaitingCheckpoint", "all tasks run; waits for the first checkpoint", false),
        isAsked ? List.of() : List.of(trigger));
  }

  private static StepOutcome notYet(StepContext context, Problem problem, List<Action> actions) {
    // Without a way back to something that runs, there is nothing better to do than to wait.
    boolean hasWayBack = context.plan().kind() == PlanKind.UPGRADE || context.isOnKeptCluster();
    return hasWayBack && context.isOverdue(context.limits().healthy())
        ? context.fail(problem)
        : context.await(RETRY, Optional.of(problem), actions);
  }
}
