package io.streamjob.operator.controller;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Telemetry;
import java.time.Duration;

/** Counts and times passes. The SDK's own meters would have a series for each object. */
public final class PassMetrics implements Metrics {

  private final Telemetry telemetry;

  public PassMetrics(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    long began = System.nanoTime();
    boolean isDone = false;
    try {
      T result = execution.execute();
      isDone = true;
      return result;
    } finally {
      telemetry.time(
          Metric.RECONCILE,
          Duration.ofNanos(System.nanoTime() - began),
          execution.controllerName(),
          isDone ? Metric.DONE : Metric.FAILED);
    }
  }
}
