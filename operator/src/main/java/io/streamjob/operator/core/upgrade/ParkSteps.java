package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The steps that decide who brings a lost run back: its own JobManager, from what its high
 * availability remembers, or, while it is being stopped, the operator alone.
 */
final class ParkSteps {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private ParkSteps() {}

  /**
   * Flink says that a job is over before its JobManager has forgotten it, and one that dies in
   * between brings it back: so it is made to forget before the stop.
   */
  static StepOutcome park(StepContext context) {
    return untilDone(
        context,
        run -> new Action.Park(context.key("park"), run.revision(), run.jobId()),
        context.lineage(),
        "no JobManager can bring revision %d back");
  }

  /**
   * A job that is over is not to be brought back: Flink forgets it once, and not what was parked.
   */
  static StepOutcome unpark(StepContext context) {
    boolean isOver =
        context
            .lineage()
            .current()
            .flatMap(run -> context.observed().job(run.revision(), run.jobId()))
            .filter(job -> job.state().isGloballyTerminal())
            .isPresent();
    if (isOver) {
      return context.advance(context.lineage().unparked(), "the job is over");
    }
    return untilDone(
        context,
        run -> new Action.Unpark(context.key("unpark"), run.revision(), run.jobId()),
        context.lineage().unparked(),
        "the JobManager of revision %d can bring it back again");
  }

  private static StepOutcome untilDone(
      StepContext context, Function<Run, Action.Call> call, Lineage after, String done) {
    Optional<Run> run = context.lineage().current();
    if (run.isEmpty()) {
      return context.advance(context.lineage(), "nothing runs");
    }
    Action.Call wanted = call.apply(run.get());
    return context
        .observed()
        .reply(wanted.key())
        .map(reply ->
            switch (reply) {
              case Reply.Done ok -> context.advance(after, done.formatted(run.get().revision()));
              case Reply.Failed failed ->
                  context.await(
                      RETRY,
                      Optional.of(failed.problem()),
                      context.age(failed).compareTo(RETRY) < 0 ? List.of() : List.of(wanted));
            })
        .orElseGet(() -> context.await(RETRY, Optional.<Problem>empty(), List.of(wanted)));
  }
}
