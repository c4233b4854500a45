package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Redactor;
import io.streamjob.operator.telemetry.Telemetry;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Counts and times the calls to Flink, and keeps the keys of the storage out of what it answers.
 */
public final class GuardedFlink implements FlinkClient {

  private final FlinkClient flink;
  private final Telemetry telemetry;
  private final Redactor redactor;

  public GuardedFlink(FlinkClient flink, Telemetry telemetry, Redactor redactor) {
    this.flink = flink;
    this.telemetry = telemetry;
    this.redactor = redactor;
  }

  @Override
  public CompletableFuture<ClusterOverview> overview(URI rest) {
    return timed("overview", () -> flink.overview(rest));
  }

  @Override
  public CompletableFuture<Set<String>> jars(URI rest) {
    return timed("jars", () -> flink.jars(rest));
  }

  @Override
  public CompletableFuture<Map<String, JobView>> jobs(URI rest) {
    return timed("jobs", () -> flink.jobs(rest));
  }

  @Override
  public CompletableFuture<Boolean> knows(URI rest, String jobId) {
    return timed("knows", () -> flink.knows(rest, jobId));
  }

  @Override
  public CompletableFuture<JobView> details(URI rest, JobView listed) {
    return timed("details", () -> flink.details(rest, listed))
        .thenApply(job -> job.withFailure(redactor.redact(job.failure())));
  }

  @Override
  public CompletableFuture<Void> savepoint(URI rest, String jobId, SavepointRequest request) {
    return timed("savepoint", () -> flink.savepoint(rest, jobId, request));
  }

  @Override
  public CompletableFuture<Void> stopWithSavepoint(
      URI rest, String jobId, SavepointRequest request) {
    return timed("stop", () -> flink.stopWithSavepoint(rest, jobId, request));
  }

  @Override
  public CompletableFuture<TriggerView> trigger(URI rest, String jobId, String triggerId) {
    return timed("trigger", () -> flink.trigger(rest, jobId, triggerId)).thenApply(this::redacted);
  }

  @Override
  public CompletableFuture<Void> checkpoint(URI rest, String jobId, String triggerId) {
    return timed("checkpoint", () -> flink.checkpoint(rest, jobId, triggerId));
  }

  @Override
  public CompletableFuture<Void> cancel(URI rest, String jobId) {
    return timed("cancel", () -> flink.cancel(rest, jobId));
  }

  @Override
  public CompletableFuture<String> submit(URI rest, Submission submission) {
    return timed("submit", () -> flink.submit(rest, submission));
  }

  private <T> CompletableFuture<T> timed(String operation, Supplier<CompletableFuture<T>> call) {
    return telemetry
        .call(Metric.FLINK_CALLS, operation, call, GuardedFlink::outcome)
        .exceptionally(failure -> {
          throw redacted(FlinkException.of(failure));
        });
  }

  /** Causes are not kept: their messages are others' words as well. */
  private FlinkException redacted(FlinkException failure) {
    String message = redactor.redact(failure.getMessage());
    return message.equals(failure.getMessage())
        ? failure
        : switch (failure) {
          case FlinkException.Unreachable lost -> new FlinkException.Unreachable(message);
          case FlinkException.Rejected refused ->
              new FlinkException.Rejected(refused.httpStatus(), message);
        };
  }

  private TriggerView redacted(TriggerView view) {
    return switch (view) {
      case TriggerView.Failed failed ->
          new TriggerView.Failed(failed.cause(), redactor.redact(failed.message()));
      case TriggerView.Completed done -> done;
      case TriggerView.InProgress open -> open;
      case TriggerView.Unknown open -> open;
    };
  }

  private static String outcome(Throwable failure) {
    return switch (FlinkException.of(failure)) {
      case FlinkException.Unreachable lost -> "unreachable";
      case FlinkException.Rejected refused -> "rejected";
    };
  }
}
