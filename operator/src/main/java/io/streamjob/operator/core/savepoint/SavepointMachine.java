package io.streamjob.operator.core.savepoint;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
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

/** Takes a savepoint of a running job, or follows one that a plan of the job takes. */
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
      case Source.Unable unable ->
          new Act(Optional.empty(), QUIET, unable.reason(), unable.message());
      case Source.Running job -> begin(situation, job);
      // The attempt stands in the spec of such a Savepoint, so that there always is one.
      case Source.Taking taking -> wait("Taking", "the job is being stopped with this savepoint");
      case Source.Taken taken -> wait("Taken", "the savepoint is being looked for");
    };
  }

  private static SavepointDecision begin(SavepointSituation situation, Source.Running job) {
    int number = situation.state().attempts() + 1;
    String id =
        Digests.operationId(List.of(situation.uid(), String.valueOf(number), situation.nonce()));
    var next = new Attempt(id, job.jobId(), job.revision(), job.profile(), situation.now());
    return new Transition(
        situation.state().begin(next), "saving job %s, attempt %d".formatted(job.jobId(), number));
  }

  private SavepointDecision follow() {
    return switch (situation.source()) {
      case Source.Taking taking -> wait("Taking", "the job is being stopped with this savepoint");
      case Source.Taken taken ->
          find(
              "find/" + taken.seen(),
              () -> new Fail("NotTaken", "the attempt came to nothing: see the job's events"));
      case Source.Unable unable -> find("find/ended", this::again);
      case Source.Running job when job.jobId().equals(attempt.jobId()) -> ask();
      case Source.Running other -> find("find/ended", this::again);
    };
  }

  private SavepointDecision ask() {
    return switch (situation.cluster()) {
      case ClusterView.Unreachable gone -> wait("JobManagerUnreachable", gone.why());
      case ClusterView.Reachable cluster -> ask(cluster);
    };
  }

  private SavepointDecision ask(ClusterView.Reachable cluster) {
    JobView job = cluster.jobs().get(attempt.jobId());
    if (job == null || job.state().isGloballyTerminal()) {
      return find("find/ended", this::again);
    }
    var unknown = new TriggerView.Unknown();
    return switch (cluster.triggers().getOrDefault(attempt.operationId(), unknown)) {
      case TriggerView.InProgress progress -> wait("Saving", "Flink is taking the savepoint");
      case TriggerView.Completed completed -> verify(completed.location());
      case TriggerView.Failed failed -> find("find/failed", () -> failed(failed));
      case TriggerView.Unknown notAsked -> trigger();
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
    return find("find", () -> new Act(Optional.of(call), FRESH, "Saving", message));
  }

  /**
   * Takes what lies complete in the attempt's own folder; otherwise goes on as told.
   *
   * @param look names the look: what was seen empty before the attempt ended proves nothing after
   */
  private SavepointDecision find(String look, Supplier<SavepointDecision> otherwise) {
    Optional<Reply> found = situation.reply(key(look)).filter(reply -> isYounger(reply, FRESH));
    if (found.isEmpty()) {
      var call = new Call.Find(key(look), attempt);
      return new Act(Optional.of(call), FRESH, "Looking", "looking into the attempt's folder");
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

  private SavepointDecision failed(TriggerView.Failed failed) {
    String message = "the savepoint failed (%s: %s)".formatted(failed.cause(), failed.message());
    return situation.state().attempts() >= MAX_ATTEMPTS
        ? new Fail(
            "SavepointFailed",
            "%s, %d times: mend the cause and create another Savepoint"
                .formatted(message, situation.state().attempts()))
        : new Transition(situation.state().giveBack(), message + "; it is tried again");
  }

  /** The job that was asked is over without the savepoint: the next run is asked. */
  private SavepointDecision again() {
    return new Transition(situation.state().giveBack(), "the job that was asked has ended");
  }

  private boolean isYounger(Reply reply, Duration age) {
    return Duration.between(reply.at(), situation.now()).compareTo(age) <= 0;
  }

  private static SavepointDecision wait(String reason, String message) {
    return new Act(Optional.empty(), FRESH, reason, message);
  }

  private String key(String call) {
    return attempt.operationId() + "/" + call;
  }
}
