package io.streamjob.operator.core.savepoint;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The end of a Savepoint whose files are to go with it: first nobody writes them any more, then
 * they go, then the Savepoint.
 */
public final class SavepointDeletion {

  /** The key of the call that deletes the files. */
  public static final String KEY = "delete";

  /** Longer than a request to Flink may be on its way. */
  private static final Duration LATE = Duration.ofSeconds(15);

  private static final Duration RETRY = Duration.ofSeconds(5);

  private SavepointDeletion() {}

  /**
   * All that it is decided from.
   *
   * @param holder a job that needs the files
   * @param cluster the one that was asked in the attempt under way; empty once nothing is left of
   *     it
   * @param reply of the deletion of the files
   * @param since when the Savepoint was asked to go
   */
  public record Situation(
      SavepointState state,
      Source source,
      Optional<String> holder,
      Optional<ClusterView> cluster,
      Optional<Reply> reply,
      Instant since,
      Instant now) {}

  /** What a pass should do. */
  public sealed interface Decision {

    /** Nothing is left to do: the Savepoint may go. */
    record Go() implements Decision {}

    /** Not yet. */
    record Wait(String reason, String message) implements Decision {}

    /** Delete the folders of all attempts. */
    record Delete(List<Attempt> attempts) implements Decision {}
  }

  /** What to do now. */
  public static Decision decide(Situation situation) {
    if (situation.holder().isPresent()) {
      return new Decision.Wait(
          "Held",
          "StreamJob %s needs it: it is deleted after that job's next checkpoint"
              .formatted(situation.holder().get()));
    }
    return writer(situation).orElseGet(() -> delete(situation));
  }

  /** Who may still write into the folder of the attempt under way. */
  private static Optional<Decision> writer(Situation situation) {
    return switch (situation.source()) {
      case Source.Taking taking -> wait("Taking", "the job is being stopped with this savepoint");
      case Source.Taken taken -> Optional.empty();
      case Source.Busy job -> asked(situation);
      case Source.NotRunning job -> asked(situation);
      case Source.Running job -> asked(situation);
    };
  }

  private static Optional<Decision> asked(Situation situation) {
    return situation
        .state()
        .attempt()
        .flatMap(
            attempt -> situation.cluster().flatMap(cluster -> asked(situation, attempt, cluster)));
  }

  private static Optional<Decision> asked(
      Situation situation, Attempt attempt, ClusterView cluster) {
    return switch (cluster) {
      case ClusterView.Unreachable silent when silent.equals(ClusterView.NOT_ASKED) ->
          wait("Saving", "Flink may still write it");
      case ClusterView.Unreachable silent ->
          wait(
              "JobManagerUnreachable",
              "Flink may still write it, and its JobManager does not answer (%s): look at its pod"
                  .formatted(silent.why()));
      case ClusterView.Reachable answers ->
          switch (answers.trigger(attempt.operationId())) {
            case TriggerView.InProgress writing ->
                wait("Saving", "Flink still writes it: its files are deleted afterwards");
            case TriggerView.Unknown open when mayBegin(situation, attempt, answers) ->
                wait("Saving", "Flink may have been asked for it a moment ago");
            case TriggerView.Unknown open -> Optional.empty();
            case TriggerView.Completed done -> Optional.empty();
            case TriggerView.Failed done -> Optional.empty();
          };
    };
  }

  private static boolean mayBegin(
      Situation situation, Attempt attempt, ClusterView.Reachable cluster) {
    return !cluster.isOver(attempt.jobId())
        && situation.now().isBefore(situation.since().plus(LATE));
  }

  private static Optional<Decision> wait(String reason, String message) {
    return Optional.of(new Decision.Wait(reason, message));
  }

  private static Decision delete(Situation situation) {
    List<Attempt> attempts = situation.state().all();
    if (attempts.isEmpty() || situation.reply().orElse(null) instanceof Reply.Done) {
      return new Decision.Go();
    }
    return situation.reply().orElse(null) instanceof Reply.Failed failed
            && situation.now().isBefore(failed.at().plus(RETRY))
        ? new Decision.Wait(failed.problem().reason(), failed.problem().message())
        : new Decision.Delete(attempts);
  }
}
