package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.upgrade.Action.CancelJob;
import io.streamjob.operator.core.upgrade.Action.DeleteRevision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The steps that end a run: each passes only when the run is seen to be over. */
final class EndSteps {

  private static final Duration RECHECK = Duration.ofSeconds(1);

  /** A JobManager that is silent for longer is taken down, and the run with it. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Once its savepoint is complete, only the way back is a little longer without it. */
  private static final Duration SAVED_SILENCE = Duration.ofSeconds(5);

  /** Pods that are still there then will not go by themselves: their node may be lost. */
  static final Duration LINGERING = Duration.ofSeconds(60);

  private EndSteps() {}

  /** The savepoint is complete: whatever the run still does, it must not go on. */
  static StepOutcome fence(StepContext context) {
    Optional<Run> run = context.lineage().current();
    return run.map(current ->
            end(
                context,
                current,
                context.lineage().fenced(),
                "the run of revision %d is over".formatted(current.revision())))
        .orElseGet(() -> context.advance(context.lineage(), "there is no run to fence"));
  }

  /** No savepoint is wanted: the run ends, and what it started from is what counts. */
  static StepOutcome cancel(StepContext context, int revision) {
    return context
        .lineage()
        .current()
        .filter(run -> run.revision() == revision)
        .map(run ->
            end(
                context,
                run,
                context.lineage().cancelled(),
                "the run of revision %d is cancelled".formatted(revision)))
        .orElseGet(() -> context.advance(context.lineage(), "there is no run to cancel"));
  }

  /** Passes when nothing is left of the revision. */
  static StepOutcome retire(StepContext context, int revision) {
    if (context.observed().revision(revision).remains() == 0) {
      return forget(context, revision)
          .map(forget -> context.await(RECHECK, Optional.empty(), List.of(forget)))
          .orElseGet(() ->
              context.advance(
                  context.lineage().retired(revision),
                  "revision %d is removed".formatted(revision)));
    }
    boolean isFencedOff =
        context.lineage().current().filter(run -> run.revision() != revision).isPresent();
    if (isFencedOff && context.isOverdue(SILENCE)) {
      // Another run goes on, which must not go unattended for pods that only linger.
      return context.advance(
          context.lineage().retired(revision),
          "revision %d is left to end; its pods linger".formatted(revision));
    }
    return remove(context, revision, "the pods of revision %d are ending".formatted(revision));
  }

  /** Passes when nothing of the revision takes up room any more. */
  static StepOutcome vacate(StepContext context, int revision) {
    return context.observed().revision(revision).remains() == 0
        ? context.advance(context.lineage(), "revision %d has made room".formatted(revision))
        : remove(context, revision, "the pods of revision %d are ending".formatted(revision));
  }

  /** Tried once: what may be left costs a few kilobytes, and nobody ever reads it. */
  private static Optional<Action> forget(StepContext context, int revision) {
    return context
        .observed()
        .revision(revision)
        .spec()
        .filter(spec -> context.reply("forget").isEmpty())
        .map(spec ->
            new Action.ForgetCluster(context.key("forget"), revision, spec.storageProfile()));
  }

  private static StepOutcome end(StepContext context, Run run, Lineage after, String message) {
    RevisionView view = context.observed().revision(run.revision());
    if (view.remains() == 0) {
      return context.advance(after, message);
    }
    return switch (view.cluster()) {
      case ClusterView.Reachable cluster ->
          end(context, run, cluster.job(run.jobId()), after, message);
      case ClusterView.Unreachable gone ->
          context.isOverdue(isSaved(context, run) ? SAVED_SILENCE : SILENCE)
              ? remove(context, run.revision(), "its JobManager does not answer: " + gone.why())
              : context.await(
                  RECHECK,
                  Optional.of(new Problem("JobManagerUnreachable", gone.why(), false)),
                  List.of());
    };
  }

  private static StepOutcome end(
      StepContext context, Run run, Optional<JobView> job, Lineage after, String message) {
    if (job.isEmpty()) {
      // A new JobManager process. TaskManagers may not have noticed yet, and may still write.
      return remove(context, run.revision(), "its JobManager restarted");
    }
    if (!job.get().state().isGloballyTerminal()) {
      return cancel(context, run);
    }
    if (job.get().state() == JobState.FINISHED && isSaved(context, run)) {
      return context.advance(after, message);
    }
    // Its tasks may have been brought back, and those of before not have noticed: they may still
    // write.
    return remove(context, run.revision(), "its job is over");
  }

  /** It has a savepoint that stopped it, and so has finished after it was parked. */
  private static boolean isSaved(StepContext context, Run run) {
    return run.proven() && context.lineage().restorePoint().isPresent();
  }

  private static StepOutcome cancel(StepContext context, Run run) {
    return context.await(
        RECHECK,
        Optional.empty(),
        List.of(new CancelJob(context.key("cancel"), run.revision(), run.jobId())));
  }

  private static StepOutcome remove(StepContext context, int revision, String why) {
    return remove(context, revision, why, context.isOverdue(LINGERING));
  }

  static StepOutcome remove(StepContext context, int revision, String why, boolean isLingering) {
    Optional<Problem> problem =
        isLingering
            ? Optional.of(
                new Problem(
                    "PodsRemain",
                    "pods of revision %d are still there (%s): if their node is lost, delete the Node or force-delete the pods"
                        .formatted(revision, why),
                    true))
            : Optional.empty();
    return context.await(RECHECK, problem, List.of(new DeleteRevision(revision)));
  }
}
