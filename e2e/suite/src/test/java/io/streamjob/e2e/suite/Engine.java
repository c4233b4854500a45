package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.flink.SavepointRequest;
import io.streamjob.operator.flink.Submission;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Flink itself says of a job's run, by the JobManager that answers at its Service. */
final class Engine implements AutoCloseable {

  private final HttpFlinkClient flink;
  private final Scene scene;
  private final String service;
  private final String jobId;
  private URI rest;

  /** Of the run that the StreamJob's status shows. */
  Engine(Scene scene, JsonNode job) {
    this.scene = scene;
    this.service = job.at("/status/running/service").asText();
    this.jobId = Job.jobId(job);
    this.rest = open();
    this.flink =
        new HttpFlinkClient(HttpOptions.defaults().with(Keys.of(scene, service).context()));
  }

  private URI open() {
    return scene.doors().https(scene.namespace(), service, 8081);
  }

  /** All jobs that the JobManager lists; empty while none answers. */
  Optional<Map<String, JobView>> jobs() {
    Optional<Map<String, JobView>> answer =
        flink.jobs(rest).handle((jobs, failure) -> Optional.ofNullable(jobs)).join();
    if (answer.isEmpty()) {
      reopen();
    }
    return answer;
  }

  /** A forwarded port leads to one pod, and ends with it. */
  private void reopen() {
    if (!rest.getHost().equals("127.0.0.1")) {
      return;
    }
    try {
      rest = open();
    } catch (KubernetesClientException | ResourceNotFoundException e) {
      // There is no Service or no pod, at the moment or any more: the next call fails as well.
    }
  }

  /** The run, empty while no JobManager that knows it answers. */
  Optional<JobView> run() {
    return jobs().map(jobs -> jobs.get(jobId));
  }

  void awaitFullyRunning() {
    Eventually.is(
        "Flink runs job %s with all its tasks".formatted(jobId),
        () -> run().filter(JobView::isFullyRunning).isPresent(),
        () -> jobs().map(Map::toString).orElse("no JobManager answers"));
  }

  /** What became of a stop; unknown also while no JobManager answers. */
  TriggerView trigger(String triggerId) {
    return flink
        .trigger(rest, jobId, triggerId)
        .handle((view, failure) -> failure == null ? view : new TriggerView.Unknown())
        .join();
  }

  /** As {@code flink stop} does it, past the operator. */
  void stop(String folder) {
    flink
        .stopWithSavepoint(
            rest, jobId, new SavepointRequest("0".repeat(32), folder, SavepointFormat.Canonical))
        .join();
  }

  /** What Flink says when the run's job is submitted once more, under the same id. */
  String submitAgain(List<String> args) {
    var submission =
        new Submission(Executor.JAR, jobId, Optional.empty(), args, 2, Optional.empty());
    return flink
        .submit(rest, submission)
        .handle((done, failure) -> failure == null ? "accepted" : failure.toString())
        .join();
  }

  @Override
  public void close() {
    flink.close();
  }
}
