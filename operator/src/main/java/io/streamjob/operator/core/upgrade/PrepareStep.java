package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.ApplyRevision;
import io.streamjob.operator.core.upgrade.Action.CheckStorage;
import io.streamjob.operator.core.upgrade.Action.StoreRevision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Brings up a revision's cluster beside whatever runs, and reaches its storage. Nothing that runs
 * is touched before all of this has worked.
 */
final class PrepareStep {

  private static final Duration STORAGE_RETRY = Duration.ofSeconds(5);

  private PrepareStep() {}

  static StepOutcome evaluate(StepContext context, int revision) {
    RevisionView view = context.observed().revision(revision);
    Optional<RevisionSpec> spec = context.specOf(revision);
    if (spec.isEmpty()) {
      return context.fail(
          "RevisionLost",
          "the stored revision of the job is gone and the spec has changed since: apply the spec"
              + " again");
    }
    if (view.spec().isEmpty()) {
      return context.await(new StoreRevision(revision, spec.get()));
    }
    return bringUp(context, revision, view, spec.get());
  }

  private static StepOutcome bringUp(
      StepContext context, int revision, RevisionView view, RevisionSpec spec) {
    var actions = new ArrayList<Action>();
    Optional<Reply> storage = context.reply("storage");
    boolean storageReached = storage.filter(Reply.Done.class::isInstance).isPresent();
    if (!storageReached && storage.filter(r -> isRecent(context, r)).isEmpty()) {
      actions.add(new CheckStorage(context.key("storage"), spec.storageProfile()));
    }
    if (!view.workloads()) {
      actions.add(new ApplyRevision(revision));
    }
    if (storageReached && view.workloads() && isReady(view.cluster(), spec)) {
      return context.advance(context.lineage(), "revision %d stands ready".formatted(revision));
    }
    Optional<Problem> problem = view.problem().or(() -> storage.flatMap(PrepareStep::problem));
    return give(context, revision, problem)
        .orElseGet(() -> context.await(STORAGE_RETRY, problem, actions));
  }

  /** Gives the plan up where waiting cannot help and something else runs meanwhile. */
  private static Optional<StepOutcome> give(
      StepContext context, int revision, Optional<Problem> problem) {
    if (context.isOnKeptCluster()) {
      return context.isOverdue(StartSteps.KEPT)
          ? Optional.of(context.fail("KeptClusterSilent", "the former version's cluster is gone"))
          : Optional.empty();
    }
    if (!context.hasWayBack()) {
      return Optional.empty();
    }
    if (problem.filter(Problem::isFinal).isPresent()) {
      return problem.map(context::fail);
    }
    if (!context.isOverdue(context.limits().prepare())) {
      return Optional.empty();
    }
    return Optional.of(
        problem
            .map(context::fail)
            .orElseGet(() ->
                context.fail(
                    "NotReady",
                    "revision %d was not ready within %s: look at its pods' events"
                        .formatted(revision, Texts.duration(context.limits().prepare())))));
  }

  private static boolean isRecent(StepContext context, Reply reply) {
    return context.age(reply).compareTo(STORAGE_RETRY) < 0;
  }

  private static Optional<Problem> problem(Reply reply) {
    return reply instanceof Reply.Failed failed ? Optional.of(failed.problem()) : Optional.empty();
  }

  private static boolean isReady(ClusterView cluster, RevisionSpec spec) {
    return cluster instanceof ClusterView.Reachable reachable
        && reachable.slots() >= spec.parallelism()
        && !reachable.jars().isEmpty();
  }
}
