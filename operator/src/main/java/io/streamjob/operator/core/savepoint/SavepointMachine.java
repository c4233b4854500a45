package io.streamjob.operator.core.savepoint;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.savepoint.SavepointDecision.Act;
import io.streamjob.operator.core.savepoint.SavepointDecision.Call;
import io.streamjob.operator.core.savepoint.SavepointDecision.Complete;
import io.streamjob.operator.core.savepoint.SavepointDecision.Fail;
import io.streamjob.operator.core.savepoint.SavepointDecision.Transition;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.core.spec.Digests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Takes a savepoint of a running job, or follows one that a plan of the job takes.
 *
 * <p>A savepoint that Flink was asked for is followed on the cluster that was asked, whatever
 * becomes of the job meanwhile, until Flink says what came of it, the job that was asked is over,
 * or nothing is left of its cluster. Only then does an empty folder mean that it was not taken.
 */
public final class SavepointMachine {

  private static final int MAX_ATTEMPTS = 3;
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration QUIET = Duration.ofSeconds(30);

  private final SavepointSituation situation;
  private final Attempt attempt;

  private SavepointMachine(SavepointSituation situation, Attempt attempt) {
    this.situation = situation;
    this.attempt = attempt;
  }

  /** The next state, or what to do in this one. */
  public static SavepointDecision decide(SavepointSituation situation) {
    return situation
        .state()
        .attempt()
        .map(attempt -> new SavepointMachine(situation, attempt).follow())
        .orElseGet(() -> begin(situation));
  }

  private static SavepointDecision begin(SavepointSituation situation) {
    return switch (situation.source()) {
      case Source.Busy busy -> pause(busy.reason(), busy.message());
      case Source.NotRunning idle when situation.state().past().isEmpty() ->
          pause(idle.reason(), idle.message());
      case Source.NotRunning idle ->
          new Fail(
              "JobEnded",
              "the job that was asked ended before the savepoint was complete, and no other run followed: create another Savepoint once the job runs");
      case Source.Running job -> begin(situation, job);
      // The attempt stands in the spec of such a Savepoint, so that there always is one.
      case Source.Taking taking -> taking();
      case Source.Taken taken -> wait("Taken", "the savepoint is being looked for");
    };
  }

  private static SavepointDecision begin(SavepointSituation situation, Source.Running job) {
    int number = situation.state().past().size() + 1;
    String id =
        Digests.operationId(List.of(situation.uid(), String.valueOf(number), situation.nonce()));
    var next = new Attempt(id, job.jobId(), job.revision(), job.profile(), situation.now());
    return new Transition(
        situation.state().begin(next), "saving job %s, attempt %d".formatted(job.jobId(), number));
  }

  private SavepointDecision follow() {
    return switch (situation.source()) {
      case Source.Taking taking -> taking();
      case Source.Taken taken ->
          find(
              "find/" + taken.seen(),
              looking(),
              () -> new Fail("NotTaken", "the attempt came to nothing: see the job's events"));
      case Source.Busy busy -> ask(() -> look(busy.reason(), busy.message()));
      case Source.NotRunning idle -> ask(() -> look(idle.reason(), idle.message()));
      case Source.Running job when job.jobId().equals(attempt.jobId()) -> ask(this::trigger);
      case Source.Running other ->
          ask(() -> look("JobReplaced", "the job that was asked is being replaced"));
    };
  }

  /**
   * Asks the cluster that was asked for the savepoint.
   *
   * @param unknown what to do if it knows nothing of it while its job goes on: it was not asked
   *     yet, or has forgotten
   */
  private SavepointDecision ask(Supplier<SavepointDecision> unknown) {
    return situation
        .cluster()
        .map(cluster ->
            switch (cluster) {
              case ClusterView.Unreachable gone -> silent(gone);
              case ClusterView.Reachable answers -> ask(answers, unknown);
            })
        .orElseGet(() -> ended("find/gone"));
  }

  private SavepointDecision silent(ClusterView.Unreachable gone) {
    return gone.equals(ClusterView.NOT_ASKED)
        ? wait("Saving", "asking Flink for the savepoint")
        : look(
            "JobManagerUnreachable",
            "the JobManager that was asked does not answer (%s): look at its pod"
                .formatted(gone.why()));
  }

  private SavepointDecision ask(
      ClusterView.Reachable cluster, Supplier<SavepointDecision> unknown) {
    return switch (cluster.trigger(attempt.operationId())) {
      case TriggerView.InProgress progress -> wait("Saving", "Flink is taking the savepoint");
      case TriggerView.Completed completed -> verify(completed.location());
      case TriggerView.Failed failed ->
          find(
              "find/failed",
              looking(),
              () ->
                  again(
                      "the savepoint failed (%s: %s)".formatted(failed.cause(), failed.message())));
      case TriggerView.Unknown open when cluster.isOver(attempt.jobId()) -> ended("find/ended");
      case TriggerView.Unknown open -> unknown.get();
    };
  }

  private SavepointDecision trigger() {
    Optional<Reply> reply = situation.reply(key("trigger"));
    boolean isJustAccepted =
        reply.filter(Reply.Done.class::isInstance).filter(r -> isYounger(r, PATIENCE)).isPresent();
    if (isJustAccepted) {
      return wait("Saving", "Flink was asked for the savepoint");
    }
    String message =
        reply.orElse(null) instanceof Reply.Failed refused
            ? refused.problem().message()
            : "asking Flink for the savepoint";
    var call = new Call.Trigger(key("trigger"), attempt, situation.format());
    return find(
        "find",
        wait("Saving", message),
        () -> new Act(Optional.of(call), FRESH, "Saving", message));
  }

  /** The job that was asked is over: what it left is all that there will be. */
  private SavepointDecision ended(String look) {
    return find(look, looking(), () -> again("the job that was asked has ended"));
  }

  /** Waits, and takes the savepoint if it turns up in the folder. */
  private SavepointDecision look(String reason, String message) {
    Act meanwhile = pause(reason, message);
    return find("find", meanwhile, () -> meanwhile);
  }

  /**
   * Takes what lies complete in the attempt's own folder; otherwise goes on as told.
   *
   * @param look names the look: what was seen empty before the attempt ended proves nothing after
   * @param meanwhile what to say until the folder was seen
   */
  private SavepointDecision find(
      String look, Act meanwhile, Supplier<SavepointDecision> otherwise) {
    Optional<Reply> found = situation.reply(key(look)).filter(reply -> isYounger(reply, FRESH));
    if (found.isEmpty()) {
      var call = new Call.Find(key(look), attempt);
      return new Act(Optional.of(call), FRESH, meanwhile.reason(), meanwhile.message());
    }
    return switch (found.get()) {
      case Reply.Done done when !done.value().isEmpty() -> verify(done.value());
      case Reply.Done nothing -> otherwise.get();
      case Reply.Failed failed -> wait(failed.problem().reason(), failed.problem().message());
    };
  }

  private SavepointDecision verify(String location) {
    Optional<Reply> reply = situation.reply(key("verify"));
    if (reply.orElse(null) instanceof Reply.Done done) {
      return new Complete(location, done.value());
    }
    var call = new Call.Verify(key("verify"), attempt, location);
    if (reply.orElse(null) instanceof Reply.Failed failed) {
      return failed.problem().isFinal()
          ? new Fail(failed.problem().reason(), failed.problem().message())
          : new Act(
              isYounger(reply.get(), FRESH) ? Optional.empty() : Optional.of(call),
              FRESH,
              failed.problem().reason(),
              failed.problem().message());
    }
    return new Act(Optional.of(call), FRESH, "Verifying", "reading the savepoint back");
  }

  /** This attempt came to nothing. */
  private SavepointDecision again(String why) {
    int attempts = situation.state().all().size();
    return attempts >= MAX_ATTEMPTS
        ? new Fail(
            "SavepointFailed",
            "%s, %d times: mend the cause and create another Savepoint".formatted(why, attempts))
        : new Transition(situation.state().over(), why + "; it is tried again");
  }

  private boolean isYounger(Reply reply, Duration age) {
    return Duration.between(reply.at(), situation.now()).compareTo(age) <= 0;
  }

  private static Act looking() {
    return wait("Looking", "looking into the attempt's folder");
  }

  private static Act taking() {
    return wait("Taking", "the job is being stopped with this savepoint");
  }

  private static Act wait(String reason, String message) {
    return new Act(Optional.empty(), FRESH, reason, message);
  }

  private static Act pause(String reason, String message) {
    return new Act(Optional.empty(), QUIET, reason, message);
  }

  private String key(String call) {
    return attempt.operationId() + "/" + call;
  }
}
