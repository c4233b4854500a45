package io.streamjob.operator.core.upgrade;

import static java.util.Locale.ROOT;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Step.Expectation;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.spec.Desired.InitialState;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.upgrade.Action.FindCheckpoint;
import io.streamjob.operator.core.upgrade.Action.FindResult;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The steps that find out which snapshot the next run starts from. */
final class StateSteps {

  private static final Duration RETRY = Duration.ofSeconds(5);

  private StateSteps() {}

  /** The snapshot that the spec names; a Savepoint is waited for until it is complete. */
  static StepOutcome resolveInitialState(StepContext context) {
    Optional<InitialState> wanted = context.desired().flatMap(desired -> desired.initialState());
    if (wanted.isEmpty()) {
      return context.advance(context.lineage().startingEmpty(), "no initial state is asked for");
    }
    return switch (wanted.get()) {
      case InitialState.OfLocation folder -> resolved(context, folder.location(), Optional.empty());
      case InitialState.OfSavepoint reference -> resolve(context, reference.name());
      case InitialState.Empty empty ->
          context.advance(context.lineage().startingEmpty(), "starts empty, as the spec says");
    };
  }

  private static StepOutcome resolve(StepContext context, String name) {
    return switch (context.observed().savepoint(name)) {
      case SavepointView.Ready ready -> resolved(context, ready.location(), Optional.of(name));
      case SavepointView.Missing missing ->
          context.await(
              new Problem(
                  "SavepointMissing",
                  "spec.initialState.from.savepointRef: there is no Savepoint %s in this namespace: create it, or name another"
                      .formatted(name),
                  false));
      case SavepointView.Incomplete incomplete ->
          context.await(
              new Problem(
                  "SavepointIncomplete",
                  "Savepoint %s is not complete: %s".formatted(name, incomplete.why()),
                  false));
      case SavepointView.Broken broken ->
          context.await(
              new Problem(
                  "SavepointBroken",
                  "spec.initialState.from.savepointRef: Savepoint %s will never be complete (%s): name another"
                      .formatted(name, broken.why()),
                  false));
    };
  }

  private static StepOutcome resolved(
      StepContext context, String location, Optional<String> savepoint) {
    var point = new RestorePoint(location, savepoint, "spec.initialState");
    return context.advance(
        context.lineage().restoringFrom(point), "starts from %s".formatted(location));
  }

  /** To start without it would be to lose state in silence. */
  private static Problem missing(String jobId) {
    return new Problem(
        "CheckpointMissing",
        "job %s completed checkpoints, and none is to be found in the storage: bring them back, or delete this StreamJob and create it anew with the state that is meant"
            .formatted(jobId),
        true);
  }

  /**
   * How the run ended, if it did. A job that is to be deleted does not wait for a storage that
   * cannot be reached.
   */
  static StepOutcome readResult(StepContext context, Run run) {
    boolean isToBeDeleted =
        context.desired().filter(desired -> desired.lifecycle() == Lifecycle.DELETED).isPresent();
    Optional<String> profile =
        context.observed().revision(run.revision()).spec().map(RevisionSpec::storageProfile);
    if (profile.isEmpty()) {
      return unknown(context, "no stored revision says where its result would be");
    }
    Optional<Reply> reply = context.reply("result", RETRY);
    if (reply.isEmpty()) {
      return context.await(
          new FindResult(context.key("result"), run.revision(), run.jobId(), profile.get()));
    }
    return switch (reply.get()) {
      case Reply.Failed failed when isToBeDeleted -> unknown(context, failed.problem().message());
      case Reply.Failed failed -> context.await(RETRY, Optional.of(failed.problem()), List.of());
      case Reply.Done done when done.value().isEmpty() -> unknown(context, "it has left no result");
      case Reply.Done done -> ended(context, run, JobState.valueOf(done.value()));
    };
  }

  private static StepOutcome unknown(StepContext context, String why) {
    return context.advance(context.lineage(), "the run counts as lost: " + why);
  }

  private static StepOutcome ended(StepContext context, Run run, JobState state) {
    Lineage lineage = alone(context.lineage().submitted(run.withParking(false)));
    if (state == JobState.FINISHED) {
      return new StepOutcome.Over(
          lineage.finished(),
          new Idle(),
          new Story(
              "Finished",
              "the job had reached the end of its input before its JobManager was lost",
              false));
    }
    String word = Texts.word(state.name());
    String how = "the job was %s before its JobManager was lost".formatted(word.toLowerCase(ROOT));
    return switch (context.plan().kind()) {
      case ROLLBACK -> context.advance(context.lineage(), how);
      case RECOVER, CREATE, UPGRADE, REPLACE, SUSPEND, RESUME, DELETE, KEEP, ABANDON ->
          new StepOutcome.Over(
              lineage.ended(Optional.of(new Run.End(state, how))),
              Moves.end(context.plan()),
              new Story("Job" + word, how, true));
    };
  }

  /** Where the run has ended by itself there is no way back any more. */
  private static Lineage alone(Lineage lineage) {
    return lineage.previous().map(run -> lineage.retired(run.revision())).orElse(lineage);
  }

  /** The newest complete checkpoint of a run, else what the run itself started from. */
  static StepOutcome locateCheckpoint(StepContext context, Step.LocateCheckpoint step) {
    return newestCheckpoint(context, step.jobId(), reply -> located(context, step, reply));
  }

  /** Whether the way back is still free. */
  static StepOutcome confirmUncommitted(StepContext context, Run run) {
    return newestCheckpoint(context, run.jobId(), reply -> confirmed(context, run, reply));
  }

  private static StepOutcome confirmed(StepContext context, Run run, Reply reply) {
    return switch (reply) {
      case Reply.Failed failed -> context.await(RETRY, Optional.of(failed.problem()), List.of());
      case Reply.Done done when done.value().isEmpty() ->
          context.advance(
              context.lineage(), "revision %d left no checkpoint".formatted(run.revision()));
      case Reply.Done done ->
          new StepOutcome.Lost(
              run.withProof(),
              new Verdict(
                  "Committed",
                  "revision %d failed, but had completed a checkpoint: there is no way back any more, it goes on from there"
                      .formatted(run.revision())));
    };
  }

  private static StepOutcome newestCheckpoint(
      StepContext context, String jobId, Function<Reply, StepOutcome> then) {
    Optional<String> profile =
        context.observed().revisions().values().stream()
            .flatMap(view -> view.spec().stream())
            .findFirst()
            .or(() -> context.desired().map(desired -> desired.revision()))
            .map(RevisionSpec::storageProfile);
    if (profile.isEmpty()) {
      return context.fail("RevisionLost", "no stored revision says where the checkpoints lie");
    }
    return context
        .reply("checkpoint", RETRY)
        .map(then)
        .orElseGet(() ->
            context.await(new FindCheckpoint(context.key("checkpoint"), jobId, profile.get())));
  }

  private static StepOutcome located(StepContext context, Step.LocateCheckpoint step, Reply reply) {
    return switch (reply) {
      case Reply.Failed failed -> context.await(RETRY, Optional.of(failed.problem()), List.of());
      case Reply.Done done when done.value().isEmpty() && step.expected() == Expectation.CERTAIN ->
          context.await(RETRY, Optional.of(missing(step.jobId())), List.of());
      case Reply.Done done when done.value().isEmpty() ->
          context.advance(
              context.lineage(),
              context
                  .lineage()
                  .restorePoint()
                  .map(point -> "no checkpoint was complete; starts from " + point.location())
                  .orElse("no checkpoint was complete; starts empty, as the run before it did"));
      case Reply.Done done ->
          context.advance(
              context
                  .lineage()
                  .restoringFrom(
                      new RestorePoint(
                          done.value(), Optional.empty(), "the lost run's newest checkpoint")),
              "goes on from the newest checkpoint, %s".formatted(done.value()));
    };
  }
}
