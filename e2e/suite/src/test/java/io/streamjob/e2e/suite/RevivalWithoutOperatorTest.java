package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import io.streamjob.operator.core.observed.JobState;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator dies with the JobManager, or was away before: so nothing else runs meanwhile. */
@Isolated
class RevivalWithoutOperatorTest extends Revival {

  private static final int A_FEW = 400;

  @RegisterExtension static final Scene SCENE = new Scene("no-operator");

  RevivalWithoutOperatorTest() {
    super(SCENE);
  }

  static Stream<Death> deaths() {
    return deaths(Operator.DIES, new Death(Sign.FINISHED, 0, Operator.DIES));
  }

  @AfterEach
  void awaitTheOperator() {
    operators.awaitLeader();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aStoppedJobIsNotBroughtBackBy(Death death) {
    aStoppedJobIsNotBroughtBack(death);
  }

  @Test
  void aJobManagerThatDiesWhileTheOperatorIsAwayIsBackWithItsJob() {
    JsonNode before = orders.givenRunning();
    String run = Job.jobId(before);
    orders.output().exactThrough(run);

    operators.whileAway(() -> {
      try (var engine = new Engine(SCENE, before)) {
        Victim jobManager = Victim.of(SCENE, orders, "jobmanager");
        jobManager.kill();
        jobManager.awaitDead();
        engine.awaitFullyRunning();
      }
      long written = orders.output().exactThrough(run).runs().getLast().lastEvent();
      Report report = orders.output().exactThrough(run, written + A_FEW);
      System.out.printf("[operator away] written again %d%n", report.writtenAgain());
    });
    // A new generation, so that what is seen then is the operator's word of after its return.
    orders.patch("{\"spec\":{\"onDelete\":\"Cancel\"}}");
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).isEqualTo(run);
    assertThat(revision(after)).isEqualTo(revision(before));
    assertThat(orders.revisions()).containsExactly(String.valueOf(revision(before)));
    orders.output().exactThrough(run);
  }

  /** Its next JobManager does not know the job, as if it had been lost. */
  @Test
  void aJobThatComesToItsEndWhileTheOperatorIsAwayStaysFinished() {
    Job bounded = new Job(SCENE, "bounded").args("--count", "6000", "--rate", "200");
    bounded.apply();
    JsonNode before = bounded.awaitRunning();
    String result = "/results/%s.json".formatted(Job.jobId(before));
    Supplier<List<String>> kept = () -> SCENE.objects().below(bounded.state() + "/ha/");

    operators.whileAway(() -> {
      try (var engine = new Engine(SCENE, before)) {
        Eventually.is(
            "Flink says that the job has finished",
            () -> engine.run().filter(run -> run.state() == JobState.FINISHED).isPresent(),
            () -> engine.jobs().map(Map::toString).orElse("no JobManager answers"));
        Eventually.is(
            "Flink has written the job's result down",
            () -> kept.get().stream().anyMatch(key -> key.endsWith(result)),
            () -> kept.get().toString());
        Victim jobManager = Victim.of(SCENE, bounded, "jobmanager");
        jobManager.kill();
        jobManager.awaitDead();
        Eventually.is(
            "a new JobManager answers and knows no job",
            () -> engine.jobs().filter(Map::isEmpty).isPresent(),
            () -> engine.jobs().map(Map::toString).orElse("no JobManager answers"));
        assertThat(engine.submitAgain(List.of("--out", bounded.out(), "--count", "6000")))
            .as("a submission that was on its way")
            .contains("Duplicate");
      }
    });
    bounded.await("has no pods", job -> bounded.pods().isEmpty());

    assertThat(Job.reason(bounded.get(), "Ready")).isEqualTo("Finished");
    assertThat(Job.jobId(bounded.get())).isEqualTo(Job.jobId(before));
    Report report = bounded.output().exactAtItsEnd();
    assertThat(report.lastEvent()).isEqualTo(5999);
    assertThat(report.writtenAgain()).isZero();
    bounded.cancelAndDelete();
  }
}
