package io.streamjob.operator.core.report;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.ParsedSpec;
import io.streamjob.operator.core.upgrade.UpgradeState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Computes the conditions of a StreamJob: what tools and people read of its health. */
final class Health {

  private final StatusReporter.Report report;

  private Health(StatusReporter.Report report) {
    this.report = report;
  }

  /** All conditions of a job that is taken care of. */
  static List<Condition> conditions(StatusReporter.Report report) {
    return new Health(report).conditions();
  }

  /** The conditions of a job whose state is not ours to touch. */
  static List<Condition> handsOff(
      Optional<StreamJobStatus> before, long generation, String why, Instant now) {
    var conditions = new Conditions(former(before), generation, now);
    add(conditions, Verdicts.stalled("ForeignState", why));
    return conditions.list();
  }

  private static List<Condition> former(Optional<StreamJobStatus> before) {
    return before.map(StreamJobStatus::conditions).orElse(List.of());
  }

  private static void add(Conditions conditions, Verdicts verdicts) {
    add(conditions, ConditionType.Ready, verdicts.ready());
    add(conditions, ConditionType.Reconciling, verdicts.reconciling());
    add(conditions, ConditionType.Stalled, verdicts.stalled());
  }

  private Lineage lineage() {
    return report.state().lineage();
  }

  private List<Condition> conditions() {
    var conditions = new Conditions(former(report.before()), report.generation(), report.now());
    add(conditions, verdicts());
    add(conditions, ConditionType.JobRunning, jobRunning());
    add(conditions, ConditionType.UpToDate, upToDate());
    add(conditions, ConditionType.RolledBack, rolledBack());
    return conditions.list();
  }

  private static void add(Conditions conditions, ConditionType type, Word word) {
    conditions.add(type, word.status(), word.reason(), word.message());
  }

  /** What a condition says. */
  private record Word(Status status, String reason, String message) {

    static Word no(String reason, String message) {
      return new Word(Status.False, reason, message);
    }

    static Word yes(String reason, String message) {
      return new Word(Status.True, reason, message);
    }
  }

  /** The three that tools read; at most one of them is True. */
  private record Verdicts(Word ready, Word reconciling, Word stalled) {

    static Verdicts ready(String reason, String message) {
      return new Verdicts(
          Word.yes(reason, message),
          Word.no(reason, "nothing is to be done"),
          Word.no(reason, "nothing is in the way"));
    }

    static Verdicts reconciling(String reason, String message) {
      return new Verdicts(
          Word.no(reason, message),
          Word.yes(reason, message),
          Word.no(reason, "the operator is at work"));
    }

    static Verdicts stalled(String reason, String message) {
      return new Verdicts(
          Word.no(reason, message),
          Word.no(reason, "the operator waits for a change of the spec"),
          Word.yes(reason, message));
    }
  }

  private Verdicts verdicts() {
    if (report.spec() instanceof ParsedSpec.Invalid invalid) {
      return Verdicts.stalled("InvalidSpec", invalid.message());
    }
    return switch (report.state().upgrade()) {
      case UpgradeState.Executing executing -> executing(executing);
      case UpgradeState.Stalled stalled ->
          Verdicts.stalled(
              stalled.gaveUp().verdict().reason(), stalled.gaveUp().verdict().message());
      case UpgradeState.Idle idle -> resting();
    };
  }

  private Verdicts executing(UpgradeState.Executing executing) {
    String label = executing.plan().kind().label();
    return report
        .problem()
        .map(problem ->
            problem.isFinal()
                ? Verdicts.stalled(problem.reason(), problem.message())
                : Verdicts.reconciling(problem.reason(), label + ": " + problem.message()))
        .orElseGet(() -> Verdicts.reconciling(label, label + " is in progress"));
  }

  private Verdicts resting() {
    Optional<Problem> fatal = report.problem().filter(Problem::isFinal);
    if (fatal.isPresent()) {
      return Verdicts.stalled(fatal.get().reason(), fatal.get().message());
    }
    Desired desired = report.spec().wanted().orElseThrow();
    if (!isReached(desired)) {
      return Verdicts.reconciling("Planning", "a plan is about to be made");
    }
    if (desired.lifecycle() != Lifecycle.RUNNING) {
      return lineage()
          .restorePoint()
          .map(this::suspended)
          .orElseGet(() -> Verdicts.ready("Suspended", "suspended before it ever ran"));
    }
    Run run = lineage().current().orElseThrow();
    if (run.finished()) {
      return Verdicts.ready("Finished", "the job has reached the end of its input");
    }
    Word running = jobRunning();
    if (running.status() == Status.True && !run.proven()) {
      return Verdicts.reconciling(
          "AwaitingCheckpoint", "all tasks run; waits for the first checkpoint");
    }
    return running.status() == Status.True
        ? Verdicts.ready("Running", "the job runs and has completed a checkpoint in this run")
        : Verdicts.reconciling(running.reason(), running.message());
  }

  /** That its state is safe is only said once it was read back. */
  private Verdicts suspended(RestorePoint point) {
    String message = "suspended; resumes from " + point.location();
    SavepointView savepoint =
        point.savepoint().map(report.observed()::savepoint).orElseGet(SavepointView.Missing::new);
    return switch (savepoint) {
      // Not one that a plan took, or its user has deleted the record.
      case SavepointView.Missing missing -> Verdicts.ready("Suspended", message);
      case SavepointView.Ready ready -> Verdicts.ready("Suspended", message);
      case SavepointView.Incomplete incomplete ->
          Verdicts.reconciling(
              "VerifyingSavepoint",
              "suspended; its savepoint is being verified: " + incomplete.why());
      case SavepointView.Broken broken ->
          Verdicts.stalled(
              "SavepointBroken",
              "suspended, and Savepoint %s is not whole: %s: mend its files at %s before you resume"
                  .formatted(point.savepoint().orElse(""), broken.why(), point.location()));
    };
  }

  private boolean isReached(Desired desired) {
    return switch (desired.lifecycle()) {
      case RUNNING ->
          lineage()
              .current()
              .filter(run -> run.digest().equals(desired.revision().digest()))
              .isPresent();
      case SUSPENDED -> lineage().current().isEmpty();
      case DELETED -> false;
    };
  }

  private Word jobRunning() {
    Optional<Run> current = lineage().current();
    if (current.isEmpty()) {
      return Word.no("NoRun", "no run of the job may write now");
    }
    Run run = current.get();
    if (run.finished()) {
      return Word.no("Finished", "the job has reached the end of its input");
    }
    if (run.ended().isPresent()) {
      Run.End end = run.ended().get();
      return Word.no("Job" + end.state(), "the job is %s: %s".formatted(end.state(), end.why()));
    }
    return switch (report.observed().revision(run.revision()).cluster()) {
      case ClusterView.Unreachable gone ->
          new Word(
              Status.Unknown,
              "JobManagerUnreachable",
              "the JobManager of revision %d does not answer: %s"
                  .formatted(run.revision(), gone.why()));
      case ClusterView.Reachable cluster ->
          cluster
              .job(run.jobId())
              .map(Health::jobRunning)
              .orElseGet(() -> Word.no("JobLost", "the JobManager restarted without the job"));
    };
  }

  private static Word jobRunning(JobView job) {
    if (job.isFullyRunning()) {
      return Word.yes("Running", "all %d tasks run".formatted(job.totalTasks()));
    }
    String state =
        "the job is %s, %d of %d tasks run"
            .formatted(job.state(), job.runningTasks(), job.totalTasks());
    return Word.no("Job" + job.state(), state + job.failure().map(why -> ": " + why).orElse(""));
  }

  private Word upToDate() {
    return report
        .spec()
        .wanted()
        .map(desired ->
            isReached(desired)
                ? Word.yes("UpToDate", "generation %d is in effect".formatted(desired.generation()))
                : Word.no("Outdated", outdated(desired)))
        .orElseGet(() -> Word.no("InvalidSpec", "the spec asks for what cannot be"));
  }

  private String outdated(Desired desired) {
    return "generation %d is not in effect; %s"
        .formatted(
            desired.generation(),
            lineage()
                .current()
                .map(run -> "generation %d runs".formatted(run.generation()))
                .orElse("nothing runs"));
  }

  private Word rolledBack() {
    return report.state().upgrade() instanceof UpgradeState.Stalled stalled
            && stalled.gaveUp().rolledBack()
        ? Word.yes(
            "RolledBack", "the former version runs again: " + stalled.gaveUp().verdict().message())
        : Word.no("NotRolledBack", "no failed upgrade was undone");
  }
}
