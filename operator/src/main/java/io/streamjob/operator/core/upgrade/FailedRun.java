package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.RestartPolicy;
import io.streamjob.operator.core.upgrade.Decision.Act;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import java.util.List;
import java.util.Optional;

/** A run that failed for good, or that somebody else cancelled: what the spec says of that. */
final class FailedRun {

  private final Situation situation;
  private final Run run;
  private final Run.End end;

  private FailedRun(Situation situation, Run run) {
    this.situation = situation;
    this.run = run;
    this.end = run.ended().orElseThrow();
  }

  static Decision tend(
      Situation situation, Run run, Optional<GaveUp> gaveUp, List<Action> removals) {
    return new FailedRun(situation, run).tend(gaveUp, removals);
  }

  private Decision tend(Optional<GaveUp> gaveUp, List<Action> removals) {
    Optional<JobView> job = situation.observed().job(run.revision(), run.jobId());
    MachineState state = situation.state();
    if (job.filter(known -> !known.state().isGloballyTerminal()).isPresent()) {
      return new Transition(
          state.with(state.lineage().ended(Optional.empty())),
          new Story("JobBack", "its JobManager restarted and has brought the job back", false));
    }
    Optional<RestartPolicy> policy =
        end.state() == JobState.FAILED
            ? situation.desired().flatMap(Desired::onFailure)
            : Optional.empty();
    return policy
        .filter(p -> state.restarts().allow(p.restarts(), p.within(), situation.now()))
        .map(p ->
            Moves.open(
                situation,
                state.with(state.restarts().andOne(p.within(), situation.now())),
                Resting.recovery(situation, run, gaveUp)))
        .orElseGet(() -> new Act(removals, Moves.QUIET, Optional.of(problem(policy, job))));
  }

  private Problem problem(Optional<RestartPolicy> policy, Optional<JobView> job) {
    String checkpoint =
        job.flatMap(JobView::latestCheckpoint)
            .map(location -> "; its newest checkpoint is " + location)
            .orElse("");
    String restarts =
        policy
            .map(p ->
                " after %d restarts within %s (spec.onFailure)"
                    .formatted(p.restarts(), Texts.duration(p.within())))
            .orElse("");
    return new Problem(
        policy.isPresent() ? "RestartsExhausted" : "JobFailed",
        "the job is %s%s: %s%s: mend the cause and apply the mended version, or set another spec.restartToken; it starts from its newest checkpoint"
            .formatted(end.state(), restarts, end.why(), checkpoint),
        true);
  }
}
