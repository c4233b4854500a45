package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Flink's REST API, version 1, on one shared HTTP client. */
public final class HttpFlinkClient implements FlinkClient, AutoCloseable {

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final HttpOptions options;
  private final HttpCalls http;

  public HttpFlinkClient(HttpOptions options) {
    this.options = options;
    this.http = new HttpCalls(options);
  }

  @Override
  public CompletableFuture<ClusterOverview> overview(URI rest) {
    return http.get(rest, "/overview").thenApply(Answers::overview);
  }

  @Override
  public CompletableFuture<Set<String>> jars(URI rest) {
    return http.get(rest, "/jars").thenApply(Answers::jars);
  }

  @Override
  public CompletableFuture<Map<String, JobView>> jobs(URI rest) {
    return http.get(rest, "/jobs/overview").thenApply(Answers::jobs);
  }

  @Override
  public CompletableFuture<Boolean> knows(URI rest, String jobId) {
    return unless(NOT_FOUND, http.get(rest, job(jobId, "")).thenApply(answer -> true), false);
  }

  @Override
  public CompletableFuture<JobView> details(URI rest, JobView listed) {
    CompletableFuture<JobView> counted =
        unless(
            NOT_FOUND, // checkpointing is off, or the job is gone
            http.get(rest, job(listed.id(), "/checkpoints"))
                .thenApply(answer -> Answers.withCheckpoints(listed, answer)),
            listed);
    return isFailing(listed.state()) ? counted.thenCompose(job -> explained(rest, job)) : counted;
  }

  private CompletableFuture<JobView> explained(URI rest, JobView job) {
    return unless(
        NOT_FOUND,
        http.get(rest, job(job.id(), "/exceptions?maxExceptions=1"))
            .thenApply(answer -> Answers.withFailure(job, answer)),
        job);
  }

  private static boolean isFailing(JobState state) {
    return switch (state) {
      case FAILED, FAILING, RESTARTING -> true;
      case INITIALIZING, CREATED, RUNNING, CANCELLING, CANCELED, FINISHED, SUSPENDED, RECONCILING ->
          false;
    };
  }

  @Override
  public CompletableFuture<Void> savepoint(URI rest, String jobId, SavepointRequest request) {
    ObjectNode body =
        object()
            .put("target-directory", request.targetDirectory())
            .put("cancel-job", false)
            .put("formatType", name(request.format()))
            .put("triggerId", request.triggerId());
    return done(http.post(rest, job(jobId, "/savepoints"), body));
  }

  @Override
  public CompletableFuture<Void> stopWithSavepoint(
      URI rest, String jobId, SavepointRequest request) {
    ObjectNode body =
        object()
            .put("targetDirectory", request.targetDirectory())
            .put("drain", false)
            .put("formatType", name(request.format()))
            .put("triggerId", request.triggerId());
    return done(http.post(rest, job(jobId, "/stop"), body));
  }

  @Override
  public CompletableFuture<TriggerView> trigger(URI rest, String jobId, String triggerId) {
    return unless(
        NOT_FOUND,
        http.get(rest, job(jobId, "/savepoints/" + encode(triggerId))).thenApply(Answers::trigger),
        new TriggerView.Unknown());
  }

  @Override
  public CompletableFuture<Void> checkpoint(URI rest, String jobId, String triggerId) {
    ObjectNode body = object().put("checkpointType", "CONFIGURED").put("triggerId", triggerId);
    return done(http.post(rest, job(jobId, "/checkpoints"), body));
  }

  @Override
  public CompletableFuture<Void> cancel(URI rest, String jobId) {
    CompletableFuture<Void> accepted = done(http.patch(rest, job(jobId, "?mode=cancel")));
    return unless(CONFLICT, unless(NOT_FOUND, accepted, null), null);
  }

  @Override
  public CompletableFuture<String> submit(URI rest, Submission submission) {
    return http.post(
            rest,
            "/jars/" + encode(submission.jarId()) + "/run",
            body(submission),
            options.submission())
        .thenApply(answer -> Answers.required(answer, "jobid").asText());
  }

  private static ObjectNode body(Submission submission) {
    ObjectNode body =
        object()
            .put("jobId", submission.jobId())
            .put("parallelism", submission.parallelism())
            .put("allowNonRestoredState", false);
    submission.arguments().forEach(body.putArray("programArgsList")::add);
    submission.entryClass().ifPresent(name -> body.put("entryClass", name));
    submission
        .savepointPath()
        .ifPresent(path -> body.put("savepointPath", path).put("claimMode", "NO_CLAIM"));
    body.putObject("flinkConfiguration");
    return body;
  }

  @Override
  public void close() {
    http.close();
  }

  /** What stands in for an error of one HTTP status that is an answer rather than a failure. */
  private static <T> CompletableFuture<T> unless(
      int httpStatus, CompletableFuture<T> call, T instead) {
    return call.exceptionally(failure -> {
      FlinkException reason = FlinkException.of(failure);
      if (reason instanceof FlinkException.Rejected no && no.httpStatus() == httpStatus) {
        return instead;
      }
      throw reason;
    });
  }

  private static CompletableFuture<Void> done(CompletableFuture<JsonNode> call) {
    return call.thenAccept(answer -> {});
  }

  private static String name(SavepointFormat format) {
    return switch (format) {
      case Canonical -> "CANONICAL";
      case Native -> "NATIVE";
    };
  }

  private static String job(String jobId, String rest) {
    return "/jobs/" + encode(jobId) + rest;
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
