package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What the operator asks of a Flink cluster. Every call takes the base address of the cluster's
 * REST endpoint, returns at once, and fails with a {@link FlinkException}.
 *
 * <p>Requests that change something are safe to repeat: ids are the caller's, and Flink knows them
 * again for as long as its JobManager lives.
 */
public interface FlinkClient {

  /** {@code GET /overview}. */
  CompletableFuture<ClusterOverview> overview(URI rest);

  /** The ids of the jars in the upload folder ({@code GET /jars}). */
  CompletableFuture<Set<String>> jars(URI rest);

  /**
   * Every job that the JobManager knows, by id, without checkpoints and failures ({@code GET
   * /jobs/overview}). Always fresh, unlike {@code /jobs/:id}, which lags by up to {@code
   * web.refresh-interval} (3 s).
   */
  CompletableFuture<Map<String, JobView>> jobs(URI rest);

  /**
   * Whether the JobManager knows a job ({@code GET /jobs/:id}; only 404 means no). A job whose
   * JobMaster cannot answer just then, as when it changes its leader, is missing in {@code
   * /jobs/overview}.
   */
  CompletableFuture<Boolean> knows(URI rest, String jobId);

  /**
   * A listed job with its checkpoints ({@code GET /jobs/:id/checkpoints}) and, if it fails or
   * restarts, the reason ({@code GET /jobs/:id/exceptions}). Both lag by up to {@code
   * web.refresh-interval}.
   */
  CompletableFuture<JobView> details(URI rest, JobView listed);

  /** One job with its details; empty if the JobManager does not know it. */
  default CompletableFuture<Optional<JobView>> job(URI rest, String jobId) {
    return jobs(rest)
        .thenCompose(jobs ->
            jobs.containsKey(jobId)
                ? details(rest, jobs.get(jobId)).thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty()));
  }

  /**
   * {@code POST /jobs/:id/savepoints}. Accepted even for jobs that are unknown or over: ask for the
   * outcome with {@link #trigger}.
   */
  CompletableFuture<Void> savepoint(URI rest, String jobId, SavepointRequest request);

  /** {@code POST /jobs/:id/stop} without draining; otherwise like {@link #savepoint}. */
  CompletableFuture<Void> stopWithSavepoint(URI rest, String jobId, SavepointRequest request);

  /** The outcome of a savepoint or a stop ({@code GET /jobs/:id/savepoints/:triggerid}). */
  CompletableFuture<TriggerView> trigger(URI rest, String jobId, String triggerId);

  /** A checkpoint as configured, now ({@code POST /jobs/:id/checkpoints}). */
  CompletableFuture<Void> checkpoint(URI rest, String jobId, String triggerId);

  /** {@code PATCH /jobs/:id?mode=cancel}; done as well if the job is unknown or over. */
  CompletableFuture<Void> cancel(URI rest, String jobId);

  /** {@code POST /jars/:id/run}; the id of the job that was started. */
  CompletableFuture<String> submit(URI rest, Submission submission);
}
