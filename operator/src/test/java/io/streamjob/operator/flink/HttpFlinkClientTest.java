package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.flink.ScriptedFlink.Outage;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpFlinkClientTest {

  private static final int LONGEST_ANSWER = 1 << 16;

  private static final SavepointRequest REQUEST =
      new SavepointRequest("trigger", "file:///snapshots/attempt", SavepointFormat.Native);

  private static final String LOCATION = "file:///snapshots/attempt/savepoint-job-trigge";

  private final ScriptedFlink flink = ScriptedFlink.start();
  private final HttpFlinkClient client = new HttpFlinkClient(waiting(Duration.ofSeconds(30)));

  @AfterEach
  void close() {
    client.close();
    flink.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Outage.class,
      names = {"NONE", "REDIRECTS", "HANGS"},
      mode = EnumSource.Mode.EXCLUDE)
  void takesAnUnusableAnswerForNone(Outage outage) {
    flink.outage(outage);

    assertThat(failure(client.overview(flink.uri())))
        .isInstanceOf(FlinkException.Unreachable.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void waitsForAnAnswerOnlySoLong() {
    flink.outage(Outage.HANGS);

    try (HttpFlinkClient impatient = new HttpFlinkClient(waiting(Duration.ofMillis(10)))) {
      assertThat(failure(impatient.overview(flink.uri())))
          .isInstanceOf(FlinkException.Unreachable.class)
          .hasMessage("no answer in time");
    }
  }

  @Test
  void cannotReachAClusterThatIsNotThere() {
    URI gone = flink.uri();
    flink.close();

    assertThat(failure(client.overview(gone))).isInstanceOf(FlinkException.Unreachable.class);
  }

  @Test
  void followsNoRedirects() {
    flink.outage(Outage.REDIRECTS);

    assertThat(failure(client.overview(flink.uri())))
        .isInstanceOfSatisfying(
            FlinkException.Rejected.class,
            refused -> assertThat(refused.httpStatus()).isEqualTo(302));
    assertThat(flink.requests()).containsExactly("GET /overview");
  }

  @Test
  void sendsASubmissionAsFlinkWantsIt() {
    FlinkClientContract.get(
        client.submit(
            flink.uri(),
            new Submission(
                "app_job.jar",
                "job",
                Optional.of("example.Main"),
                List.of("--topic", "orders"),
                3,
                Optional.of("file:///snapshots/s"))));

    assertThat(flink.submissions().getFirst())
        .hasToString(
            """
            {"jobId":"job","parallelism":3,"allowNonRestoredState":false,\
            "programArgsList":["--topic","orders"],"entryClass":"example.Main",\
            "savepointPath":"file:///snapshots/s","claimMode":"NO_CLAIM",\
            "flinkConfiguration":{}}\
            """);
  }

  @Test
  void seesThatARefusedJobRunsAllTheSame() {
    flink.nextSubmission(
        new SubmissionFault.RejectButRun("java.lang.IllegalStateException: thrown later"));

    assertThat(FlinkClientContract.refusal(submit("job")).reason())
        .isEqualTo("IllegalStateException: thrown later");
    assertThat(job("job")).get().matches(JobView::isFullyRunning);
  }

  @Test
  void doesNotKnowWhatBecameOfASubmissionWithoutAnAnswer() {
    flink.nextSubmission(new SubmissionFault.CloseButRun());
    flink.nextSubmission(new SubmissionFault.Close());

    assertThat(failure(submit("runs"))).isInstanceOf(FlinkException.Unreachable.class);
    assertThat(failure(submit("never ran"))).isInstanceOf(FlinkException.Unreachable.class);

    assertThat(job("runs")).isPresent();
    assertThat(job("never ran")).isEmpty();
  }

  @Test
  void leavesASubmissionThatHangs() {
    flink.nextSubmission(new SubmissionFault.HangButRun());
    CompletableFuture<String> submission = submit("job");

    flink.awaitJob("job");
    assertThat(submission).isNotDone();
    client.close();

    assertThat(failure(submission)).isInstanceOf(FlinkException.Unreachable.class);
  }

  @Test
  void saysWhyAJobFailed() {
    flink.run("job", 2);
    flink.state("job", JobState.RESTARTING, "java.io.IOException: no space left");

    assertThat(job("job"))
        .get()
        .extracting(JobView::failure)
        .isEqualTo(Optional.of("IOException: no space left"));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          SUCCEEDS,                               Completed,  FINISHED, COMPLETE
          SNAPSHOT_FAILS,                         Failed,     RUNNING,  NONE
          STOPPING_FAILS_JOB_FAILED,              Failed,     FAILED,   COMPLETE
          STOPPING_FAILS_JOB_RUNS,                Failed,     RUNNING,  COMPLETE
          DIES_MIDWAY_JOB_GONE,                   Unknown,    ,         INCOMPLETE
          DIES_MIDWAY_JOB_GONE_SNAPSHOT_COMPLETE, Unknown,    ,         COMPLETE
          DIES_MIDWAY_JOB_RUNS,                   Unknown,    RUNNING,  INCOMPLETE
          DIES_MIDWAY_JOB_RUNS_SNAPSHOT_COMPLETE, Unknown,    RUNNING,  COMPLETE
          DIES_AFTER_FINISHED,                    Unknown,    ,         COMPLETE
          """)
  void showsEveryEndingOfAStop(
      StopEnding ending, String outcome, JobState state, StopEnding.Snapshot snapshot) {
    Map<String, StopEnding.Snapshot> storage = new ConcurrentHashMap<>();
    flink.onSnapshot(storage::put);
    flink.run("job", 2);
    flink.nextStop(ending);

    FlinkClientContract.get(client.stopWithSavepoint(flink.uri(), "job", REQUEST));
    FlinkClientContract.get(client.stopWithSavepoint(flink.uri(), "job", REQUEST));
    assertThat(trigger()).isEqualTo(new TriggerView.InProgress());
    flink.completeSnapshots();

    assertThat(trigger().getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(job("job").map(JobView::state)).isEqualTo(Optional.ofNullable(state));
    assertThat(storage.getOrDefault(LOCATION, StopEnding.Snapshot.NONE)).isEqualTo(snapshot);
    assertThat(flink.asked("job", "trigger")).isEqualTo(2);
    assertThat(flink.snapshotsBegun()).isEqualTo(1);
  }

  private static HttpOptions waiting(Duration patience) {
    return new HttpOptions(patience, patience, patience, LONGEST_ANSWER, Optional.empty());
  }

  private TriggerView trigger() {
    return FlinkClientContract.get(client.trigger(flink.uri(), "job", "trigger"));
  }

  private Optional<JobView> job(String id) {
    return FlinkClientContract.get(client.job(flink.uri(), id));
  }

  private CompletableFuture<String> submit(String job) {
    return client.submit(
        flink.uri(),
        new Submission("app_job.jar", job, Optional.empty(), List.of(), 2, Optional.empty()));
  }

  private static FlinkException failure(CompletableFuture<?> call) {
    return FlinkClientContract.failure(call);
  }
}
