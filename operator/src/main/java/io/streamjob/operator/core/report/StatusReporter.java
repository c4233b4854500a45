package io.streamjob.operator.core.report;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.api.v1alpha1.StreamJobStatus.HistoryEntry;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.ParsedSpec;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.StateCodec;
import io.streamjob.operator.core.upgrade.UpgradeState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes the whole status of a StreamJob, in one place, on every pass. */
public final class StatusReporter {

  private final Report report;

  private StatusReporter(Report report) {
    this.report = report;
  }

  /**
   * All that a status is made from.
   *
   * @param generation of the object that was read
   * @param names names of the job's objects
   * @param problem what keeps the step in progress from going on
   * @param history what was done so far, newest first
   */
  public record Report(
      long generation,
      RevisionNames names,
      ParsedSpec spec,
      MachineState state,
      Observed observed,
      Optional<Problem> problem,
      List<HistoryEntry> history,
      Optional<StreamJobStatus> before,
      Instant now) {}

  /** How the objects of a job's revisions are called and found. */
  public interface RevisionNames {

    /** The Service of a revision's JobManager. */
    String service(int revision);

    /** The label selector of the TaskManagers. */
    String taskManagers();
  }

  /** The status to write. */
  public static StreamJobStatus report(Report report) {
    return new StatusReporter(report).status();
  }

  /** The status of a job whose state is not ours to touch: everything stays but the conditions. */
  public static StreamJobStatus handsOff(
      Optional<StreamJobStatus> before, long generation, String why, Instant now) {
    StreamJobStatus old =
        before.orElseGet(
            () -> new StreamJobStatus(null, null, null, null, null, null, null, null, null, null));
    List<Condition> conditions = old.conditions() == null ? List.of() : old.conditions();
    var next = new Conditions(conditions, generation, now);
    Verdicts verdicts = Verdicts.stalled("ForeignState", why);
    add(next, ConditionType.Ready, verdicts.ready());
    add(next, ConditionType.Reconciling, verdicts.reconciling());
    add(next, ConditionType.Stalled, verdicts.stalled());
    return new StreamJobStatus(
        generation,
        next.list(),
        old.replicas(),
        old.selector(),
        old.running(),
        old.restoredFrom(),
        old.nextRestore(),
        old.upgrade(),
        old.history(),
        old.machine());
  }

  private StreamJobStatus status() {
    Optional<Run> current = lineage().current();
    return new StreamJobStatus(
        report.generation(),
        conditions(),
        current.flatMap(this::spec).map(RevisionSpec::parallelism).orElse(0),
        report.names().taskManagers(),
        current.map(this::running).orElse(null),
        current.flatMap(Run::from).map(StatusReporter::restorePoint).orElse(null),
        lineage().restorePoint().map(StatusReporter::restorePoint).orElse(null),
        upgrade(),
        report.history().isEmpty() ? null : report.history(),
        StateCodec.encode(report.state()));
  }

  private Lineage lineage() {
    return report.state().lineage();
  }

  private Optional<RevisionSpec> spec(Run run) {
    return report.observed().revision(run.revision()).spec();
  }

  private StreamJobStatus.Running running(Run run) {
    return new StreamJobStatus.Running(
        run.revision(),
        spec(run).map(RevisionSpec::image).orElse(null),
        run.generation(),
        run.jobId(),
        run.finished() ? "FINISHED" : job(run).map(job -> job.state().name()).orElse("UNKNOWN"),
        Conditions.time(run.submitted()),
        report.names().service(run.revision()));
  }

  private static StreamJobStatus.RestorePoint restorePoint(RestorePoint point) {
    return new StreamJobStatus.RestorePoint(
        point.location(), point.savepoint().orElse(null), point.why());
  }

  private StreamJobStatus.@Nullable Upgrade upgrade() {
    if (!(report.state().upgrade() instanceof UpgradeState.Executing executing)) {
      return null;
    }
    List<Step> steps = executing.plan().steps();
    return new StreamJobStatus.Upgrade(
        executing.plan().kind().label(),
        steps.stream().map(Step::label).toList(),
        executing.cursor() < steps.size() ? steps.get(executing.cursor()).label() : "Done",
        executing.attempt().number(),
        Conditions.time(executing.attempt().since()));
  }

  private Optional<JobView> job(Run run) {
    return report.observed().job(run.revision(), run.jobId());
  }

  private List<Condition> conditions() {
    List<Condition> before =
        report
            .before()
            .map(status -> status.conditions() == null ? List.<Condition>of() : status.conditions())
            .orElse(List.of());
    var conditions = new Conditions(before, report.generation(), report.now());
    Verdicts verdicts = verdicts();
    add(conditions, ConditionType.Ready, verdicts.ready());
    add(conditions, ConditionType.Reconciling, verdicts.reconciling());
    add(conditions, ConditionType.Stalled, verdicts.stalled());
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
      return Verdicts.ready(
          "Suspended",
          lineage()
              .restorePoint()
              .map(point -> "suspended; resumes from " + point.location())
              .orElse("suspended before it ever ran"));
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
    return switch (report.observed().revision(run.revision()).cluster()) {
      case ClusterView.Unreachable gone ->
          new Word(
              Status.Unknown,
              "JobManagerUnreachable",
              "the JobManager of revision %d does not answer: %s"
                  .formatted(run.revision(), gone.why()));
      case ClusterView.Reachable cluster ->
          Optional.ofNullable(cluster.jobs().get(run.jobId()))
              .map(StatusReporter::jobRunning)
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
