package io.streamjob.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.api.v1alpha1.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TelemetryTest {

  private final Telemetry telemetry = new Telemetry();
  private final JobMeters jobs = new JobMeters(telemetry);

  @AfterEach
  void close() {
    telemetry.close();
  }

  private static List<Condition> conditions(String type, String reason) {
    return List.of(
        new Condition(type, Condition.Status.True, reason, "", "2026-01-01T00:00:00Z", 1L));
  }

  private void saw(String uid, String type, String reason) {
    jobs.saw(
        uid,
        "shop",
        "orders",
        conditions(type, reason),
        () -> Optional.of(Instant.ofEpochMilli(1_500)));
  }

  @Test
  void takesNoLabelValueThatIsNotOnTheList() {
    for (int i = 0; i < 100; i++) {
      telemetry.count(Metric.PLANS, "Upgrade", "reason-" + i);
    }
    assertThat(telemetry.scrape())
        .contains("streamjob_plans_total{outcome=\"other\",plan=\"Upgrade\"} 100.0")
        .doesNotContain("reason-");
  }

  @Test
  void takesAsManyValuesAsThereAreLabels() {
    assertThatThrownBy(() -> telemetry.count(Metric.PLANS, "Upgrade"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countsACallThatFailsAsSuch() {
    var call = new CompletableFuture<String>();
    var timed = telemetry.call(Metric.FLINK_CALLS, "jobs", () -> call, failure -> "rejected");
    assertThat(telemetry.scrape()).doesNotContain("streamjob_flink_calls");
    call.completeExceptionally(new IllegalStateException("no"));
    assertThat(timed).isCompletedExceptionally();
    assertThat(telemetry.scrape())
        .contains("streamjob_flink_calls_seconds_count{operation=\"jobs\",outcome=\"rejected\"} 1");
  }

  @Test
  void takesNoTimeBackWhenClocksDisagree() {
    telemetry.time(Metric.GAP, Duration.ofSeconds(-3), "Upgrade");
    assertThat(telemetry.scrape()).contains("streamjob_gap_seconds_sum{plan=\"Upgrade\"} 0.0");
  }

  @Test
  void countsJobsByState() {
    saw("a", "Ready", "Running");
    assertThat(telemetry.scrape()).contains("streamjob_jobs{state=\"Running\"} 1.0");
    saw("a", "Stalled", "SubmissionRefused");
    assertThat(telemetry.scrape())
        .contains("streamjob_jobs{state=\"Running\"} 0.0", "streamjob_jobs{state=\"Stalled\"} 1.0");
  }

  @Test
  void forgetsTheSeriesOfAJobThatIsGone() {
    saw("a", "Ready", "Running");
    assertThat(telemetry.scrape())
        .contains(
            "streamjob_job_last_checkpoint_timestamp_seconds{job=\"orders\",namespace=\"shop\"} 1.5");
    jobs.forget("a");
    assertThat(telemetry.scrape())
        .contains("streamjob_jobs{state=\"Running\"} 0.0")
        .doesNotContain("orders");
  }

  @Test
  void keepsTheSeriesOfAJobThatTookTheNameOfOneThatIsGone() {
    saw("a", "Ready", "Running");
    saw("b", "Ready", "Running");
    jobs.forget("a");
    assertThat(telemetry.scrape()).contains("job=\"orders\"");
    jobs.forget("b");
    assertThat(telemetry.scrape()).doesNotContain("orders");
  }

  @Test
  void watchesTheProcess() {
    telemetry.watchProcess();
    assertThat(telemetry.scrape())
        .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "jvm_gc_");
  }
}
