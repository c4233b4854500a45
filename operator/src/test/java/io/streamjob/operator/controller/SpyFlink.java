package io.streamjob.operator.controller;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.flink.ClusterOverview;
import io.streamjob.operator.flink.FlinkClient;
import io.streamjob.operator.flink.SavepointRequest;
import io.streamjob.operator.flink.Submission;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Passes everything on, counts the watcher's looks, and notes what is asked for. */
final class SpyFlink implements FlinkClient {

  private final FlinkClient flink;
  private final Scene scene;
  private final Map<URI, Integer> looks = new HashMap<>();

  SpyFlink(FlinkClient flink, Scene scene) {
    this.flink = flink;
    this.scene = scene;
  }

  /** Waits until a look at that address has begun and ended. */
  synchronized void awaitLook(URI rest) {
    // At most one look is under way: when the second from now begins, the first is over.
    int wanted = looks.getOrDefault(rest, 0) + 2;
    long end = System.nanoTime() + 10_000_000_000L;
    try {
      while (looks.getOrDefault(rest, 0) < wanted) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("nobody looks at " + rest);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public CompletableFuture<ClusterOverview> overview(URI rest) {
    synchronized (this) {
      looks.merge(rest, 1, Integer::sum);
      notifyAll();
    }
    return flink.overview(rest);
  }

  @Override
  public CompletableFuture<Set<String>> jars(URI rest) {
    return flink.jars(rest);
  }

  @Override
  public CompletableFuture<Map<String, JobView>> jobs(URI rest) {
    return flink.jobs(rest);
  }

  @Override
  public CompletableFuture<Boolean> knows(URI rest, String jobId) {
    return flink.knows(rest, jobId);
  }

  @Override
  public CompletableFuture<JobView> details(URI rest, JobView listed) {
    return flink.details(rest, listed);
  }

  @Override
  public CompletableFuture<Void> savepoint(URI rest, String jobId, SavepointRequest request) {
    scene.beforeSavepoint.accept(request);
    scene.asked.add("savepoint " + jobId + " " + request.triggerId());
    return flink.savepoint(rest, jobId, request);
  }

  @Override
  public CompletableFuture<Void> stopWithSavepoint(
      URI rest, String jobId, SavepointRequest request) {
    scene.asked.add("stop " + jobId + " " + request.triggerId());
    if (!request.targetDirectory().endsWith("/savepoints/" + request.triggerId())) {
      scene.violations.add("a stop into a folder that is not its own: " + request);
    }
    return flink.stopWithSavepoint(rest, jobId, request);
  }

  @Override
  public CompletableFuture<TriggerView> trigger(URI rest, String jobId, String triggerId) {
    return flink.trigger(rest, jobId, triggerId);
  }

  @Override
  public CompletableFuture<Void> checkpoint(URI rest, String jobId, String triggerId) {
    return flink.checkpoint(rest, jobId, triggerId);
  }

  @Override
  public CompletableFuture<Void> cancel(URI rest, String jobId) {
    scene.asked.add("cancel " + jobId);
    return flink.cancel(rest, jobId);
  }

  @Override
  public CompletableFuture<String> submit(URI rest, Submission submission) {
    scene.asked.add(
        "submit " + submission.jobId() + " from " + submission.savepointPath().orElse("nothing"));
    for (int revision : scene.running()) {
      flink.jobs(scene.address(revision)).join().values().stream()
          .filter(job -> !job.state().isGloballyTerminal())
          .filter(job -> !job.id().equals(submission.jobId()))
          .forEach(
              job -> scene.violations.add("%s submitted beside %s".formatted(submission, job)));
    }
    return flink.submit(rest, submission);
  }
}
