package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.StepOutcome.Advance;
import io.streamjob.operator.core.upgrade.StepOutcome.Await;
import io.streamjob.operator.core.upgrade.StepOutcome.Fail;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a step is decided from, and the words it answers in. */
record StepContext(Situation situation, UpgradeState.Executing executing) {

  /** Watched things wake the pass themselves; this is only for what nobody watches. */
  private static final Duration RECHECK = Duration.ofSeconds(5);

  Plan plan() {
    return executing.plan();
  }

  Lineage lineage() {
    return situation.state().lineage();
  }

  Observed observed() {
    return situation.observed();
  }

  Limits limits() {
    return situation.limits();
  }

  Instant now() {
    return situation.now();
  }

  Optional<Desired> desired() {
    return situation.desired();
  }

  /** Whether a run goes on, or can come back, if this plan is given up. */
  boolean hasWayBack() {
    return switch (plan().kind()) {
      case UPGRADE, REPLACE -> true;
      case CREATE, RESUME, RECOVER, ROLLBACK, SUSPEND, DELETE, KEEP, ABANDON -> false;
    };
  }

  /** Whether something else is wanted by now. */
  boolean isOvertaken() {
    return desired().filter(wanted -> !wanted.goal().equals(plan().goal())).isPresent();
  }

  /** Whether this plan goes back to the cluster that the former run had. */
  boolean isOnKeptCluster() {
    return plan().kind() == PlanKind.ROLLBACK
        && lineage()
            .previous()
            .filter(run -> plan().startedRevision().equals(Optional.of(run.revision())))
            .isPresent();
  }

  /** The id of this attempt at this step. */
  String operationId() {
    return executing.operationId(situation.uid());
  }

  /** The key of one of the step's calls. */
  String key(String call) {
    return operationId() + "/" + call;
  }

  /** The reply to one of the step's calls. */
  Optional<Reply> reply(String call) {
    return observed().reply(key(call));
  }

  /** The reply to a call, unless it is older than that. */
  Optional<Reply> reply(String call, Duration maxAge) {
    return reply(call).filter(reply -> age(reply).compareTo(maxAge) <= 0);
  }

  Duration age(Reply reply) {
    return Duration.between(reply.at(), now());
  }

  /** How long this attempt has been tried while somebody looked. */
  Duration elapsed() {
    Instant since = executing.attempt().since();
    Instant began =
        since.isAfter(situation.operatorStarted()) ? since : situation.operatorStarted();
    return Duration.between(began, now());
  }

  boolean isOverdue(Duration limit) {
    return elapsed().compareTo(limit) > 0;
  }

  /** The spec of a revision: as stored, or as wanted by the spec that the plan was made for. */
  Optional<RevisionSpec> specOf(int revision) {
    return observed()
        .revision(revision)
        .spec()
        .or(() -> desired().map(Desired::revision).filter(this::isThePlans))
        .or(() ->
            observed().revisions().values().stream()
                .flatMap(view -> view.spec().stream())
                .filter(this::isThePlans)
                .findFirst());
  }

  private boolean isThePlans(RevisionSpec spec) {
    return spec.digest().equals(plan().digest());
  }

  StepOutcome revisionLost() {
    return fail(
        "RevisionLost",
        "the stored revision of the job is gone and the spec has changed since: apply the spec again");
  }

  StepOutcome advance(Lineage lineage, String message) {
    return new Advance(lineage, message);
  }

  StepOutcome await(Action... actions) {
    return new Await(List.of(actions), RECHECK, Optional.empty());
  }

  StepOutcome await(Problem problem, Action... actions) {
    return new Await(List.of(actions), RECHECK, Optional.of(problem));
  }

  StepOutcome await(Duration recheck, Optional<Problem> problem, List<Action> actions) {
    return new Await(actions, recheck, problem);
  }

  StepOutcome fail(Problem problem) {
    return new Fail(new Verdict(problem.reason(), problem.message()));
  }

  StepOutcome fail(String reason, String message) {
    return new Fail(new Verdict(reason, message));
  }
}
