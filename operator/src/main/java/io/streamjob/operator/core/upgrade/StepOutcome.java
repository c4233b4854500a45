package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a step says of itself. */
sealed interface StepOutcome {

  /** The step is done, and this is what it changed. */
  record Advance(Lineage lineage, String message) implements StepOutcome {}

  /** Not yet: do these things, look again. */
  record Await(List<Action> actions, Duration recheckAfter, Optional<Problem> problem)
      implements StepOutcome {

    /** The same, and one thing more. */
    Await and(Action more) {
      return new Await(
          Stream.concat(actions.stream(), Stream.of(more)).toList(), recheckAfter, problem);
    }
  }

  /** This attempt came to nothing: begin another under a new id. */
  record Retry(Verdict verdict) implements StepOutcome {}

  /** The run that the plan started is lost with its JobManager; it may have left state behind. */
  record Lost(Run run, Verdict verdict) implements StepOutcome {}

  /** What the plan was for is no more: it ends here and so, and this is what is known. */
  record Over(Lineage lineage, UpgradeState end, Decision.Story story) implements StepOutcome {}

  /** The step cannot be done. */
  record Fail(Verdict verdict) implements StepOutcome {}
}
