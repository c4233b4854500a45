package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.core.spec.RevisionSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reaches the storage, and sees that the job's folder in it is this job's alone. It comes before
 * anything is started, and where it can, before anything is stopped: two jobs that share a folder
 * would be two writers of one lineage.
 */
final class ClaimStep {

  private static final Duration RETRY = Duration.ofSeconds(5);

  /** A folder that is another's stays so until somebody does something about it. */
  private static final Duration REFUSED = Duration.ofMinutes(1);

  private ClaimStep() {}

  static StepOutcome evaluate(StepContext context, int revision) {
    Optional<RevisionSpec> spec = context.specOf(revision);
    if (spec.isEmpty()) {
      return context.revisionLost();
    }
    var claim = new Action.Claim(context.key("claim"), spec.get().storageProfile(), terms(context));
    return context
        .reply("claim")
        .map(reply ->
            switch (reply) {
              case Reply.Done done ->
                  context.advance(context.lineage(), "the job's folder in the storage is its own");
              case Reply.Failed failed -> refused(context, failed, claim);
            })
        .orElseGet(() -> context.await(claim));
  }

  private static ClaimTerms terms(StepContext context) {
    if (context.lineage().initialStateUsed()) {
      return ClaimTerms.UNOWNED;
    }
    return context.desired().flatMap(desired -> desired.initialState()).isPresent()
        ? ClaimTerms.ANY
        : ClaimTerms.UNUSED;
  }

  private static StepOutcome refused(StepContext context, Reply.Failed failed, Action.Claim claim) {
    Problem problem = failed.problem();
    if (context.hasWayBack()
        && (problem.isFinal() || context.isOverdue(context.limits().prepare()))) {
      return context.fail(problem);
    }
    Duration again = problem.isFinal() ? REFUSED : RETRY;
    return context.await(
        again,
        Optional.of(problem),
        context.age(failed).compareTo(again) < 0 ? List.of() : List.of(claim));
  }
}
