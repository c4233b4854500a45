package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.plan.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A job's state as Flink gives it when it is asked within the step, for conclusions that must not
 * be drawn from an older view: that a job is over counts only if it was seen after the job was
 * parked, that it is not there only if it was looked for after it was submitted.
 */
final class Look {

  private static final Duration FRESH = Duration.ofSeconds(1);

  private Look() {}

  /**
   * Asks, and goes on with the answer.
   *
   * @param then takes the state; empty if the JobManager does not know the job
   */
  static StepOutcome first(
      StepContext context, Run run, Function<Optional<JobState>, StepOutcome> then) {
    var look = new Action.LookAtJob(context.key("look"), run.revision(), run.jobId());
    return context
        .reply("look", FRESH)
        .map(reply ->
            switch (reply) {
              case Reply.Done done -> then.apply(state(done.value()));
              case Reply.Failed failed ->
                  context.await(FRESH, Optional.of(failed.problem()), List.of());
            })
        .orElseGet(() -> context.await(FRESH, Optional.empty(), List.of(look)));
  }

  private static Optional<JobState> state(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(JobState.valueOf(name));
  }
}
