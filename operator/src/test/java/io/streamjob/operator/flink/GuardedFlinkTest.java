package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.telemetry.Redactor;
import io.streamjob.operator.telemetry.Telemetry;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GuardedFlinkTest {

  private static final URI REST = URI.create("http://flink.test");

  private final Redactor redactor = new Redactor();

  /** A Flink that gives one answer to everything. */
  private GuardedFlink answering(CompletableFuture<?> answer) {
    redactor.learn(List.of("canary-secret"));
    FlinkClient flink =
        (FlinkClient)
            Proxy.newProxyInstance(
                FlinkClient.class.getClassLoader(),
                new Class<?>[] {FlinkClient.class},
                (proxy, method, args) -> answer);
    return new GuardedFlink(flink, new Telemetry(), redactor);
  }

  @Test
  void hidesKeysInRefusals() {
    var refusal = new FlinkException.Rejected(400, "S3: canary-secret");
    assertThat(answering(CompletableFuture.failedFuture(refusal)).jobs(REST))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withStackTraceContaining("S3: [hidden]")
        .satisfies(failure ->
            assertThat(FlinkException.of(failure))
                .isInstanceOfSatisfying(
                    FlinkException.Rejected.class,
                    refused -> assertThat(refused.httpStatus()).isEqualTo(400)))
        .satisfies(failure ->
            assertThat(failure.toString() + failure.getCause()).doesNotContain("canary"));
  }

  @Test
  void hidesKeysInTheOutcomeOfASavepoint() {
    var failed = new TriggerView.Failed("IOException", "canary-secret");
    assertThat(
            answering(CompletableFuture.completedFuture(failed)).trigger(REST, "job", "id").join())
        .isEqualTo(new TriggerView.Failed("IOException", "[hidden]"));
  }

  @Test
  void hidesKeysInTheFailureOfAJob() {
    var job =
        new JobView(
            "job", JobState.FAILED, 0, 2, 0, Optional.empty(), Optional.of("x: canary-secret"));
    assertThat(answering(CompletableFuture.completedFuture(job)).details(REST, job).join())
        .extracting(JobView::failure)
        .isEqualTo(Optional.of("x: [hidden]"));
  }
}
