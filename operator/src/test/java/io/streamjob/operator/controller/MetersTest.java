package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.flink.SubmissionFault;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the meters say of the life of a job. */
class MetersTest {

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @AfterEach
  void close() {
    stage.close();
    scene.close();
  }

  private void run(String spec) {
    scene.applyJob(spec);
    stage.settle();
  }

  private List<String> lines() {
    return stage.telemetry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void countsPlansStepsAndCalls() {
    run("image: example/orders:1");
    run("image: example/orders:2");
    assertThat(lines())
        .contains(
            "streamjob_plans_total{outcome=\"done\",plan=\"Create\"} 1.0",
            "streamjob_plans_total{outcome=\"done\",plan=\"Upgrade\"} 1.0",
            "streamjob_steps_seconds_count{outcome=\"done\",step=\"TakeSnapshot\"} 1",
            "streamjob_steps_seconds_count{outcome=\"done\",step=\"Submit\"} 2",
            "streamjob_gap_seconds_count{plan=\"Upgrade\"} 1",
            "streamjob_snapshots_seconds_count{format=\"Canonical\",origin=\"Upgrade\",outcome=\"done\"} 1",
            "streamjob_flink_calls_seconds_count{operation=\"submit\",outcome=\"done\"} 2",
            "streamjob_storage_calls_seconds_count{operation=\"verify\",outcome=\"done\"} 1",
            "streamjob_jobs{state=\"Running\"} 1.0");
    assertThat(lines())
        .anyMatch(line ->
            line.startsWith(
                "streamjob_kubernetes_writes_seconds_count{operation=\"status\",outcome=\"done\"}"))
        .noneMatch(line -> line.contains("other") && !line.startsWith("streamjob_jobs"));
  }

  @Test
  void tellsWhenTheNewestCheckpointWasBegun() {
    run("image: example/orders:1");
    assertThat(lines())
        .filteredOn(line -> line.startsWith("streamjob_job_last_checkpoint_timestamp_seconds{"))
        .singleElement()
        .asString()
        .startsWith(
            "streamjob_job_last_checkpoint_timestamp_seconds{job=\"orders\",namespace=\"shop\"}")
        .doesNotContain("NaN");
  }

  @Test
  void countsAnUpgradeThatFailedAndTheWayBack() {
    run("image: example/orders:1");
    scene.script(2, flink -> flink.nextSubmission(new SubmissionFault.Reject("no such class")));
    run("image: example/orders:2");
    assertThat(lines())
        .contains(
            "streamjob_plans_total{outcome=\"failed\",plan=\"Upgrade\"} 1.0",
            "streamjob_plans_total{outcome=\"done\",plan=\"Rollback\"} 1.0",
            "streamjob_steps_seconds_count{outcome=\"failed\",step=\"Submit\"} 1",
            "streamjob_gap_seconds_count{plan=\"Rollback\"} 1",
            "streamjob_jobs{state=\"Stalled\"} 1.0");
  }

  @Test
  void hasNoGapForASuspension() {
    run("image: example/orders:1");
    run("{image: example/orders:1, state: Suspended}");
    run("{image: example/orders:1, state: Running}");
    assertThat(lines()).noneMatch(line -> line.startsWith("streamjob_gap"));
  }

  @Test
  void forgetsAJobThatIsGone() {
    run("image: example/orders:1");
    assertThat(lines()).anyMatch(line -> line.contains("orders"));
    scene.deleteJob();
    stage.settle();
    assertThat(lines())
        .noneMatch(line -> line.contains("orders"))
        .contains("streamjob_jobs{state=\"Running\"} 0.0");
  }
}
