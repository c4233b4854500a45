package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Flink whose every poll waits until the test lets it go on; one state for all addresses. */
final class HeldFlink implements FlinkClient {

  private static final ClusterOverview OVERVIEW = new ClusterOverview(4);

  /** One poll, held at its first call. */
  record Held(URI rest, CompletableFuture<ClusterOverview> overview) {
    void goOn() {
      overview.complete(OVERVIEW);
    }

    void fail() {
      overview.completeExceptionally(new FlinkException.Unreachable("refused"));
    }
  }

  private final BlockingQueue<Held> polls = new LinkedBlockingQueue<>();
  private final Map<String, JobView> jobs = new LinkedHashMap<>();
  private final Map<TriggerKey, TriggerView> triggers = new LinkedHashMap<>();
  private Set<String> jars = Set.of("app_job.jar");
  private int jarCalls;
  private int triggerCalls;
  private final Set<String> unlisted = new HashSet<>();
  private boolean detailsFail;

  /** The next poll; fails if there is none for long. */
  Held nextPoll() throws InterruptedException {
    Held held = polls.poll(30, TimeUnit.SECONDS);
    if (held == null) {
      throw new AssertionError("no poll");
    }
    return held;
  }

  boolean isPolled() {
    return !polls.isEmpty();
  }

  synchronized void job(JobView job) {
    jobs.put(job.id(), job);
  }

  synchronized Optional<JobView> find(String jobId) {
    return Optional.ofNullable(jobs.get(jobId));
  }

  synchronized void trigger(TriggerKey key, TriggerView view) {
    triggers.put(key, view);
  }

  synchronized void jars(Set<String> ids) {
    jars = ids;
  }

  /** Leaves a job out of the list, as Flink does while its JobMaster cannot answer. */
  synchronized void unlist(String jobId) {
    unlisted.add(jobId);
  }

  synchronized void failDetails() {
    detailsFail = true;
  }

  synchronized int jarCalls() {
    return jarCalls;
  }

  synchronized int triggerCalls() {
    return triggerCalls;
  }

  @Override
  public CompletableFuture<ClusterOverview> overview(URI rest) {
    Held held = new Held(rest, new CompletableFuture<>());
    polls.add(held);
    return held.overview();
  }

  @Override
  public synchronized CompletableFuture<Set<String>> jars(URI rest) {
    jarCalls++;
    return CompletableFuture.completedFuture(jars);
  }

  @Override
  public synchronized CompletableFuture<Map<String, JobView>> jobs(URI rest) {
    Map<String, JobView> listed = new LinkedHashMap<>(jobs);
    listed.keySet().removeAll(unlisted);
    listed.replaceAll((id, job) -> JobWatcherTest.withCheckpoints(job, 0));
    return CompletableFuture.completedFuture(listed);
  }

  @Override
  public synchronized CompletableFuture<Boolean> knows(URI rest, String jobId) {
    return CompletableFuture.completedFuture(jobs.containsKey(jobId));
  }

  @Override
  public synchronized CompletableFuture<JobView> details(URI rest, JobView listed) {
    return detailsFail
        ? CompletableFuture.failedFuture(new FlinkException.Rejected(500, "no details"))
        : CompletableFuture.completedFuture(jobs.get(listed.id()));
  }

  @Override
  public synchronized CompletableFuture<TriggerView> trigger(
      URI rest, String jobId, String triggerId) {
    triggerCalls++;
    return CompletableFuture.completedFuture(
        triggers.getOrDefault(new TriggerKey(jobId, triggerId), new TriggerView.Unknown()));
  }

  @Override
  public CompletableFuture<Void> savepoint(URI rest, String jobId, SavepointRequest request) {
    throw new UnsupportedOperationException("watchers only look");
  }

  @Override
  public CompletableFuture<Void> stopWithSavepoint(
      URI rest, String jobId, SavepointRequest request) {
    throw new UnsupportedOperationException("watchers only look");
  }

  @Override
  public CompletableFuture<Void> checkpoint(URI rest, String jobId, String triggerId) {
    throw new UnsupportedOperationException("watchers only look");
  }

  @Override
  public CompletableFuture<Void> cancel(URI rest, String jobId) {
    throw new UnsupportedOperationException("watchers only look");
  }

  @Override
  public CompletableFuture<String> submit(URI rest, Submission submission) {
    throw new UnsupportedOperationException("watchers only look");
  }
}
