package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads answers recorded from Flink 2.3.0, with stack traces cut short. */
class AnswersTest {

  private static final JobView RUNNING =
      new JobView("a", JobState.RUNNING, 4, 4, 0, Optional.empty(), Optional.empty());

  @Test
  void readsTheOverview() {
    assertThat(Answers.overview(recorded("overview"))).isEqualTo(new ClusterOverview(12));
  }

  @Test
  void readsTheJars() {
    assertThat(Answers.jars(recorded("jars"))).containsExactly("app_job.jar");
  }

  @Test
  void readsTheListOfJobs() {
    assertThat(Answers.jobs(recorded("jobs-overview")).values())
        .extracting(JobView::state, JobView::runningTasks, JobView::totalTasks)
        .containsExactly(
            tuple(JobState.RESTARTING, 0, 4),
            tuple(JobState.CANCELED, 0, 4),
            tuple(JobState.RUNNING, 2, 2),
            tuple(JobState.FAILED, 0, 0));
  }

  /** A subtask without input ends at once, beside others that have some. */
  @Test
  void countsTasksAtTheEndOfTheirInput() {
    ObjectNode answer = (ObjectNode) recorded("jobs-overview");
    ((ObjectNode) answer.at("/jobs/2/tasks")).put("running", 1).put("finished", 1);

    assertThat(Answers.jobs(answer).values()).filteredOn(JobView::isFullyRunning).hasSize(1);
  }

  @Test
  void leavesSavepointsOutOfTheCheckpoints() {
    JobView job = Answers.withCheckpoints(RUNNING, recorded("checkpoints"));

    assertThat(job.completedCheckpoints()).isEqualTo(13);
    assertThat(job.latestCheckpoint())
        .hasValueSatisfying(path -> assertThat(path).startsWith("file:/flink/cp/").endsWith("15"));
    assertThat(job.latestCheckpointAt()).contains(Instant.ofEpochMilli(1_795_219_727_542L));
  }

  @Test
  void countsNoCheckpointWhenThereWereOnlySavepoints() {
    ObjectNode answer = (ObjectNode) recorded("checkpoints");
    ((ObjectNode) answer.get("latest")).putNull("completed");

    assertThat(Answers.withCheckpoints(RUNNING, answer)).isEqualTo(RUNNING);
  }

  @Test
  void tellsWithWhichSavepointAJobWasStopped() {
    ObjectNode answer = (ObjectNode) recorded("checkpoints");
    ObjectNode savepoint = (ObjectNode) answer.at("/latest/savepoint");
    savepoint.put("checkpoint_type", "SYNC_SAVEPOINT");

    assertThat(Answers.withCheckpoints(RUNNING, answer).stoppedWith())
        .as("the job went on after it")
        .isEmpty();
    savepoint.put("id", 16);
    assertThat(Answers.withCheckpoints(RUNNING, answer).stoppedWith())
        .contains("file:/flink/snap/a/savepoint-38fae8-d13d053fa51e");
    savepoint.put("checkpoint_type", "SAVEPOINT");
    assertThat(Answers.withCheckpoints(RUNNING, answer).stoppedWith()).isEmpty();
  }

  @Test
  void takesNoPathFromACheckpointWithoutOne() {
    ObjectNode answer = (ObjectNode) recorded("checkpoints");
    ((ObjectNode) answer.get("latest").get("completed"))
        .put("external_path", "<checkpoint-not-externally-addressable>");

    assertThat(Answers.withCheckpoints(RUNNING, answer).latestCheckpoint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exceptions-restarting", "exceptions-failed"})
  void namesTheInnermostCauseOfAFailure(String recording) {
    assertThat(Answers.withFailure(RUNNING, recorded(recording)).failure())
        .contains("RuntimeException: cannot parse 'x'");
  }

  @Test
  void tellsATriggerUnderWayFromOneThatIsDone() {
    assertThat(Answers.trigger(recorded("trigger-in-progress")))
        .isEqualTo(new TriggerView.InProgress());
    assertThat(Answers.trigger(recorded("trigger-completed")))
        .isEqualTo(new TriggerView.Completed("file:/flink/snap/a/savepoint-38fae8-d13d053fa51e"));
  }

  @Test
  void saysWhyASnapshotFailed() {
    assertThat(Answers.trigger(recorded("trigger-bad-folder")))
        .isEqualTo(
            new TriggerView.Failed(
                "IOException", "Failed to create savepoint directory at file:/proc/nowhere"));
    assertThat(Answers.trigger(recorded("trigger-unknown-job")))
        .isEqualTo(
            new TriggerView.Failed(
                "FlinkJobNotFoundException",
                "Could not find Flink job (1bdd93d79d394e188da98439c4de964c)"));
  }

  @ParameterizedTest
  @CsvSource({
    "trigger-stopping-failed, StopWithSavepointStoppingException",
    "trigger-stopping-failed-adaptive, IllegalStateException"
  })
  void namesTheCauseWhenOnlyStoppingFailed(String recording, String cause) {
    assertThat(Answers.trigger(recorded(recording)))
        .isInstanceOfSatisfying(
            TriggerView.Failed.class, failed -> assertThat(failed.cause()).isEqualTo(cause));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          run-duplicate        | DuplicateApplicationSubmissionException: Application has already been submitted.
          run-main-throws      | IllegalArgumentException: topic orders is not there second line
          run-class-missing    | ClassNotFoundException: example.None
          run-no-job           | RestHandlerException: No jobs included in application.
          run-jar-missing      | RestHandlerException: Jar file /flink/up/flink-web-upload/nope.jar does not exist
          run-snapshot-missing | FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'file:///flink/snap/none' on file system 'file'.
          job-unknown          | FlinkJobNotFoundException: Could not find Flink job (1bdd93d79d394e188da98439c4de964c)
          """)
  void givesTheReasonOfARefusalInOneLine(String recording, String reason) {
    assertThat(Answers.reason(recorded(recording))).isEqualTo(reason);
  }

  @Test
  void takesACauseWithoutMessageForAWrapper() {
    String trace = "a.b.Outer$Inner: says why\n\tat x\nCaused by: java.lang.Error\n\tat y\n";

    assertThat(Cause.innermost(trace)).isEqualTo(new Cause("Inner", "says why"));
    assertThat(Cause.innermost("java.lang.Error\n\tat y").line()).isEqualTo("Error");
  }

  @Test
  void keepsReasonsShort() {
    assertThat(Cause.innermost("a.B: " + "x".repeat(2_000)).message()).hasSize(500);
  }

  @Test
  void refusesAnAnswerWithoutWhatMatters() {
    assertThatThrownBy(() -> Answers.trigger(recorded("overview")))
        .isInstanceOf(FlinkException.Unreachable.class);
  }

  private static JsonNode recorded(String name) {
    try (InputStream in = AnswersTest.class.getResourceAsStream("/flink/" + name + ".json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
