package io.streamjob.operator.core.report;

import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.api.v1alpha1.StreamJobStatus.HistoryEntry;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
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
   * @param uid of the object
   * @param generation of the object that was read
   * @param names names of the job's objects
   * @param problem what keeps the step in progress from going on
   * @param history what was done so far, newest first
   */
  public record Report(
      String uid,
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
    return new StreamJobStatus(
        generation,
        Health.handsOff(before, generation, why, now),
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
        Health.conditions(report),
        current.flatMap(this::spec).map(RevisionSpec::parallelism).orElse(0),
        report.names().taskManagers(),
        current.map(this::running).orElse(null),
        current.flatMap(Run::from).map(StatusReporter::restorePoint).orElse(null),
        lineage().restorePoint().map(StatusReporter::restorePoint).orElse(null),
        upgrade(),
        report.history().isEmpty() ? null : report.history(),
        StateCodec.encode(report.uid(), report.state()));
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
        run.ended()
            .map(Run.End::state)
            .or(() -> job(run).map(JobView::state))
            .map(JobState::name)
            .orElse("UNKNOWN"),
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
}
