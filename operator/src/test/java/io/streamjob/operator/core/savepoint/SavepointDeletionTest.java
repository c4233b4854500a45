package io.streamjob.operator.core.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.savepoint.SavepointDeletion.Decision;
import io.streamjob.operator.core.savepoint.SavepointDeletion.Situation;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SavepointDeletionTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Attempt ATTEMPT =
      new Attempt("0123456789abcdef0123456789abcdef", "job", 1, "default", NOW);
  private static final SavepointState OPEN = SavepointState.NEW.begin(ATTEMPT);
  private static final SavepointState OVER = OPEN.over();
  private static final Source RUNNING = new Source.Running(1, "job", "default");
  private static final Decision FILES = new Decision.Delete(List.of(ATTEMPT));

  private static Decision decide(
      SavepointState state,
      Source source,
      Optional<ClusterView> cluster,
      Optional<Reply> reply,
      Duration after) {
    return SavepointDeletion.decide(
        new Situation(state, source, Optional.empty(), cluster, reply, NOW, NOW.plus(after)));
  }

  private static Decision inFlight(Optional<ClusterView> cluster, Duration after) {
    return decide(OPEN, RUNNING, cluster, Optional.empty(), after);
  }

  private static Decision replied(Reply reply, Duration after) {
    return decide(OVER, RUNNING, Optional.empty(), Optional.of(reply), after);
  }

  private static Optional<ClusterView> cluster(JobState state, TriggerView trigger) {
    var job = new JobView("job", state, 1, 1, 1, Optional.empty(), Optional.empty());
    return Optional.of(
        new ClusterView.Reachable(
            1, Set.of(), Map.of("job", job), Map.of(ATTEMPT.operationId(), trigger)));
  }

  @Test
  void waitsForWhoeverMayWriteYet() {
    var asked = cluster(JobState.RUNNING, new TriggerView.Unknown());

    assertThat(inFlight(cluster(JobState.RUNNING, new TriggerView.InProgress()), Duration.ZERO))
        .isInstanceOf(Decision.Wait.class);
    assertThat(inFlight(asked, Duration.ofSeconds(14))).isInstanceOf(Decision.Wait.class);
    assertThat(inFlight(Optional.of(ClusterView.NOT_ASKED), Duration.ofHours(1)))
        .isInstanceOf(Decision.Wait.class);
    assertThat(inFlight(Optional.of(new ClusterView.Unreachable("no answer")), Duration.ofHours(1)))
        .isInstanceOfSatisfying(
            Decision.Wait.class, wait -> assertThat(wait.message()).contains("look at its pod"));
    assertThat(decide(OPEN, new Source.Taking(), Optional.empty(), Optional.empty(), Duration.ZERO))
        .isInstanceOf(Decision.Wait.class);
  }

  @Test
  void deletesOnceNobodyWritesAnyMore() {
    var completed = new TriggerView.Completed("s3://b/savepoint-1");

    assertThat(inFlight(cluster(JobState.RUNNING, completed), Duration.ZERO)).isEqualTo(FILES);
    assertThat(
            inFlight(
                cluster(JobState.RUNNING, new TriggerView.Failed("Why", "because")), Duration.ZERO))
        .isEqualTo(FILES);
    assertThat(inFlight(cluster(JobState.FINISHED, new TriggerView.Unknown()), Duration.ZERO))
        .isEqualTo(FILES);
    assertThat(
            inFlight(cluster(JobState.RUNNING, new TriggerView.Unknown()), Duration.ofSeconds(15)))
        .isEqualTo(FILES);
    assertThat(inFlight(Optional.empty(), Duration.ZERO)).isEqualTo(FILES);
    assertThat(
            decide(OPEN, new Source.Taken("past it"), Optional.empty(), Optional.empty(), NOTHING))
        .isEqualTo(FILES);
  }

  private static final Duration NOTHING = Duration.ZERO;

  @Test
  void doesNotTakeFromAJobWhatItNeeds() {
    var held =
        new Situation(
            OVER, RUNNING, Optional.of("orders"), Optional.empty(), Optional.empty(), NOW, NOW);

    assertThat(SavepointDeletion.decide(held))
        .isInstanceOfSatisfying(
            Decision.Wait.class, wait -> assertThat(wait.message()).contains("StreamJob orders"));
  }

  @Test
  void goesOnceTheFilesAreGone() {
    assertThat(replied(new Reply.Done("", NOW), NOTHING)).isEqualTo(new Decision.Go());
    assertThat(decide(SavepointState.NEW, RUNNING, Optional.empty(), Optional.empty(), NOTHING))
        .isEqualTo(new Decision.Go());
  }

  @Test
  void triesAgainWhatFailed() {
    var failed = new Reply.Failed(new Problem("StorageUnreachable", "no answer", false), NOW);

    assertThat(replied(failed, Duration.ofSeconds(4)))
        .isEqualTo(new Decision.Wait("StorageUnreachable", "no answer"));
    assertThat(replied(failed, Duration.ofSeconds(5))).isEqualTo(FILES);
  }
}
