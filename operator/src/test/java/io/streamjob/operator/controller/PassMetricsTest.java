package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javaoperatorsdk.operator.api.monitoring.Metrics.ControllerExecution;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.streamjob.operator.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class PassMetricsTest {

  private final Telemetry telemetry = new Telemetry();
  private final PassMetrics metrics = new PassMetrics(telemetry);

  private record Pass(Callable<String> work) implements ControllerExecution<String> {
    @Override
    public String name() {
      return "reconcile";
    }

    @Override
    public String controllerName() {
      return "streamjobreconciler";
    }

    @Override
    public String successTypeName(String result) {
      return result;
    }

    @Override
    public ResourceID resourceID() {
      return new ResourceID("orders", "shop");
    }

    @Override
    public Map<String, Object> metadata() {
      return Map.of();
    }

    @Override
    public String execute() throws Exception {
      return work.call();
    }
  }

  @Test
  void countsPassesAndFailures() throws Exception {
    assertThat(metrics.timeControllerExecution(new Pass(() -> "done"))).isEqualTo("done");
    assertThatThrownBy(() ->
            metrics.timeControllerExecution(
                new Pass(() -> {
                  throw new IllegalStateException("no");
                })))
        .isInstanceOf(IllegalStateException.class);
    assertThat(telemetry.scrape())
        .contains(
            "streamjob_reconcile_seconds_count{controller=\"streamjobreconciler\",outcome=\"done\"} 1",
            "streamjob_reconcile_seconds_count{controller=\"streamjobreconciler\",outcome=\"failed\"} 1")
        .doesNotContain("orders");
  }
}
