package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.operator.core.observed.JobState;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A Flink session cluster in memory behind a real HTTP server: its jobs do nothing, but it speaks
 * the part of REST that the operator uses, and fails as told.
 *
 * <p>Snapshots take until {@link #completeSnapshots()}, or, if {@link #automatic()}, until the
 * second time that somebody asks for them.
 */
public final class ScriptedFlink implements AutoCloseable {

  private static final String REST_EXCEPTION =
      "org.apache.flink.runtime.rest.handler.RestHandlerException: ";
  private static final String JOB_NOT_FOUND =
      "org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job ";
  private static final String DUPLICATE =
      "org.apache.flink.runtime.client.DuplicateApplicationSubmissionException: Application has"
          + " already been submitted.";

  private final Map<String, ScriptedJob> jobs = new LinkedHashMap<>();
  private final Set<String> jars = new LinkedHashSet<>(Set.of("app_job.jar"));
  private final Map<TriggerKey, ScriptedTrigger> triggers = new LinkedHashMap<>();
  private final Map<TriggerKey, Integer> posts = new HashMap<>();
  private final Set<String> forbidden = new LinkedHashSet<>();
  private final Set<String> submitted = new LinkedHashSet<>();
  private final List<JsonNode> submissions = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final Queue<SubmissionFault> submissionFaults = new ArrayDeque<>();
  private final Queue<StopEnding> endings = new ArrayDeque<>();
  private final ScriptedFlinkServer server;
  private BiConsumer<String, StopEnding.Snapshot> onSnapshot = (folder, piece) -> {};
  private BiConsumer<String, JobState> onState = (jobId, state) -> {};
  private BiConsumer<String, Integer> onCheckpoint = (jobId, number) -> {};
  private boolean isAutomatic;
  private boolean isHolding;
  private boolean isHoldingStops;
  private int begun;
  private int slots = 4;

  private ScriptedFlink() {
    server = new ScriptedFlinkServer(this);
  }

  /** A cluster with four slots, one jar ({@code app_job.jar}) and no job, on a free port. */
  public static ScriptedFlink start() {
    return new ScriptedFlink();
  }

  public URI uri() {
    return server.uri();
  }

  @Override
  public void close() {
    server.close();
  }

  // ---- the script

  /** Snapshots complete and checkpoints happen by themselves. */
  public synchronized ScriptedFlink automatic() {
    isAutomatic = true;
    return this;
  }

  /** Savepoints that do not stop their job take until {@link #completeSnapshots()}. */
  public synchronized void holdSavepoints() {
    isHolding = true;
  }

  /** The same of those that stop their job. */
  public synchronized void holdStops() {
    isHoldingStops = true;
  }

  /** Outcomes are kept for five minutes only. */
  public synchronized void forgetTriggers() {
    triggers.clear();
  }

  /** Snapshots cannot be written there. */
  public synchronized ScriptedFlink forbid(String targetDirectory) {
    forbidden.add(targetDirectory);
    return this;
  }

  public synchronized void slots(int slots) {
    this.slots = slots;
  }

  public synchronized void jars(Set<String> ids) {
    jars.clear();
    jars.addAll(ids);
  }

  /** Adds a job with the given number of tasks, all of them running. */
  public synchronized void run(String jobId, int tasks) {
    jobs.put(jobId, new ScriptedJob(jobId, tasks));
    submitted.add(jobId);
    onState.accept(jobId, JobState.RUNNING);
    notifyAll();
  }

  public synchronized void state(String jobId, JobState state) {
    become(known(jobId), state);
  }

  public synchronized void runningTasks(String jobId, int running) {
    known(jobId).running = running;
  }

  /** Fails or restarts a job, with {@code package.Class: message} for a reason. */
  public synchronized void state(String jobId, JobState state, String failure) {
    become(known(jobId), state);
    known(jobId).failure = Optional.of(failure);
  }

  /** The job completes a checkpoint. */
  public synchronized void checkpoint(String jobId) {
    checkpoint(known(jobId));
  }

  /** Every job that runs completes a checkpoint. */
  public synchronized void checkpoints() {
    jobs.values().stream().filter(job -> job.state == JobState.RUNNING).forEach(this::checkpoint);
  }

  public synchronized void nextSubmission(SubmissionFault fault) {
    submissionFaults.add(fault);
  }

  /** How the next stop ends; without one, and for savepoints that do not stop, it succeeds. */
  public synchronized void nextStop(StopEnding ending) {
    endings.add(ending);
  }

  /** Called with the location of every snapshot that leaves something behind. */
  public synchronized void onSnapshot(BiConsumer<String, StopEnding.Snapshot> hook) {
    onSnapshot = hook;
  }

  /** Called with the job and its new state, before anybody can see it. */
  public synchronized void onState(BiConsumer<String, JobState> hook) {
    onState = hook;
  }

  /** Called with the job and the number of a checkpoint that it completes. */
  public synchronized void onCheckpoint(BiConsumer<String, Integer> hook) {
    onCheckpoint = hook;
  }

  /** Ends every snapshot that is under way. */
  public synchronized void completeSnapshots() {
    List.copyOf(triggers.values()).stream()
        .filter(trigger -> trigger.outcome.isEmpty())
        .forEach(this::complete);
  }

  /** A new JobManager without high availability: it has no jobs and no memory. */
  public synchronized void restartJobManager() {
    triggers.clear();
    jobs.clear();
    submitted.clear();
  }

  /** How every request is answered from now on. */
  public void outage(Outage outage) {
    server.outage(outage);
  }

  /** How a JobManager may be out of reach. */
  public enum Outage {
    NONE,
    NO_LEADER,
    CLOSES_CONNECTIONS,
    HANGS,
    REDIRECTS,
    ENDLESS_ANSWERS,
    NO_JSON
  }

  // ---- what was asked

  /** How often this snapshot was asked for. */
  public synchronized int asked(String jobId, String triggerId) {
    return posts.getOrDefault(new TriggerKey(jobId, triggerId), 0);
  }

  /** Snapshots that were begun: repeated requests do not count. */
  public synchronized int snapshotsBegun() {
    return begun;
  }

  /** Every request so far, such as {@code GET /overview}. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /** The bodies of all submissions, refused ones included. */
  public synchronized List<JsonNode> submissions() {
    return List.copyOf(submissions);
  }

  /** Waits until the job is there, though its submission may never be answered. */
  public synchronized void awaitJob(String jobId) {
    try {
      while (!jobs.containsKey(jobId)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("no job " + jobId, e);
    }
  }

  // ---- the cluster, as the server asks it

  synchronized void note(String request) {
    requests.add(request);
  }

  synchronized JsonNode overview() {
    return ScriptedAnswers.overview(slots, 1);
  }

  synchronized JsonNode jarList() {
    return ScriptedAnswers.jars(jars);
  }

  synchronized JsonNode jobList() {
    return ScriptedAnswers.jobs(jobs.values());
  }

  synchronized ScriptedAnswers details(String jobId) {
    return find(jobId)
        .map(job -> ScriptedAnswers.ok(ScriptedAnswers.jobs(List.of(job))))
        .orElseGet(() -> unknownJob(jobId));
  }

  synchronized ScriptedAnswers checkpoints(String jobId) {
    return find(jobId)
        .map(job -> {
          job.checkpoints += isAutomatic && job.state == JobState.RUNNING ? 1 : 0;
          return ScriptedAnswers.ok(ScriptedAnswers.checkpoints(job));
        })
        .orElseGet(() -> unknownJob(jobId));
  }

  synchronized ScriptedAnswers exceptions(String jobId) {
    return find(jobId)
        .map(job -> ScriptedAnswers.ok(ScriptedAnswers.exceptions(job)))
        .orElseGet(() -> unknownJob(jobId));
  }

  synchronized ScriptedAnswers beginCheckpoint(String jobId, String triggerId) {
    find(jobId).ifPresent(this::checkpoint);
    return ScriptedAnswers.request(triggerId);
  }

  ScriptedAnswers beginSavepoint(TriggerKey key, String target) {
    return begin(new ScriptedTrigger(key, target, Optional.empty()));
  }

  synchronized ScriptedAnswers beginStop(TriggerKey key, String target) {
    StopEnding ending = triggers.containsKey(key) ? StopEnding.SUCCEEDS : nextEnding();
    return begin(new ScriptedTrigger(key, target, Optional.of(ending)));
  }

  private StopEnding nextEnding() {
    return Optional.ofNullable(endings.poll()).orElse(StopEnding.SUCCEEDS);
  }

  /** 202 whatever the job; a repeated id is the same request, be it for a savepoint or a stop. */
  private synchronized ScriptedAnswers begin(ScriptedTrigger trigger) {
    posts.merge(trigger.key, 1, Integer::sum);
    if (triggers.putIfAbsent(trigger.key, trigger) == null) {
      begun++;
    }
    return ScriptedAnswers.request(trigger.key.triggerId());
  }

  synchronized ScriptedAnswers poll(TriggerKey key) {
    ScriptedTrigger trigger = triggers.get(key);
    if (trigger != null && isDue(trigger) && trigger.outcome.isEmpty() && trigger.polls++ > 0) {
      complete(trigger);
    }
    return Optional.ofNullable(triggers.get(key))
        .map(known -> known.outcome.orElseGet(ScriptedAnswers::inProgress))
        .map(ScriptedAnswers::ok)
        .orElseGet(() -> ScriptedAnswers.unknownTrigger(key));
  }

  private boolean isDue(ScriptedTrigger trigger) {
    boolean isHeld =
        (trigger.stop.isEmpty() ? isHolding : isHoldingStops)
            && find(trigger.key.jobId()).filter(j -> !j.state.isGloballyTerminal()).isPresent();
    return isAutomatic && !isHeld;
  }

  private void complete(ScriptedTrigger trigger) {
    ScriptedJob job = jobs.get(trigger.key.jobId());
    if (job == null || job.state.isGloballyTerminal()) {
      trigger.outcome = Optional.of(ScriptedAnswers.failed(JOB_NOT_FOUND + trigger.key.jobId()));
    } else if (forbidden.contains(trigger.target)) {
      trigger.outcome = Optional.of(StopEnding.SNAPSHOT_FAILS.outcome(trigger.location()));
    } else if (trigger.stop.isPresent()) {
      stop(job, trigger, trigger.stop.get());
    } else {
      job.savepoints++;
      onSnapshot.accept(trigger.location(), StopEnding.Snapshot.COMPLETE);
      trigger.outcome = Optional.of(ScriptedAnswers.completed(trigger.location()));
    }
  }

  private void stop(ScriptedJob job, ScriptedTrigger trigger, StopEnding ending) {
    switch (ending.snapshot()) {
      case NONE -> {}
      case INCOMPLETE, COMPLETE -> onSnapshot.accept(trigger.location(), ending.snapshot());
    }
    trigger.outcome = Optional.of(ending.outcome(trigger.location()));
    ending.jobState().ifPresentOrElse(state -> become(job, state), () -> jobs.remove(job.id));
    switch (ending.jobManager()) {
      case LIVES -> {}
      case DIES -> forgetAllBut(job.id);
    }
  }

  /** What a new JobManager knows: the jobs that high availability brought back, anew. */
  private void forgetAllBut(String jobId) {
    triggers.clear();
    submitted.clear();
    jobs.keySet().removeIf(id -> !id.equals(jobId));
    jobs.replaceAll((id, job) -> new ScriptedJob(id, job.tasks));
  }

  synchronized ScriptedAnswers cancel(String jobId) {
    ScriptedJob job = jobs.get(jobId);
    if (job == null) {
      return ScriptedAnswers.error(404, REST_EXCEPTION + "Job could not be found.");
    }
    if (job.state.isGloballyTerminal() && job.state != JobState.CANCELED) {
      return ScriptedAnswers.error(409, REST_EXCEPTION + "Job has already ended: " + job.state);
    }
    become(job, JobState.CANCELED);
    return ScriptedAnswers.accepted(ScriptedAnswers.object());
  }

  /** The answer to a submission; empty if there is none. */
  synchronized Optional<ScriptedAnswers> submit(String jarId, JsonNode body) {
    submissions.add(body);
    String jobId = body.path("jobId").asText();
    int tasks = body.path("parallelism").asInt();
    if (!jars.contains(jarId)) {
      return Optional.of(
          ScriptedAnswers.error(500, REST_EXCEPTION + "Jar file " + jarId + " does not exist"));
    }
    if (submitted.contains(jobId)) {
      return Optional.of(refuse(DUPLICATE));
    }
    SubmissionFault fault = submissionFaults.poll();
    if (fault == null) {
      run(jobId, tasks);
      return Optional.of(ScriptedAnswers.ok(ScriptedAnswers.object().put("jobid", jobId)));
    }
    return submitFaulty(fault, jobId, tasks);
  }

  private Optional<ScriptedAnswers> submitFaulty(SubmissionFault fault, String jobId, int tasks) {
    return switch (fault) {
      case SubmissionFault.Reject(String message) -> Optional.of(refuse(message));
      case SubmissionFault.RejectButRun(String message) -> {
        run(jobId, tasks);
        yield Optional.of(refuse(message));
      }
      case SubmissionFault.RejectAsFailed(String message) -> {
        run(jobId, 0);
        state(jobId, JobState.FAILED, message);
        yield Optional.of(refuse(message));
      }
      case SubmissionFault.Close() -> Optional.empty();
      case SubmissionFault.CloseButRun() -> {
        run(jobId, tasks);
        yield Optional.empty();
      }
      case SubmissionFault.HangButRun() -> {
        run(jobId, tasks);
        server.hang();
        yield Optional.empty();
      }
    };
  }

  private static ScriptedAnswers refuse(String message) {
    return ScriptedAnswers.error(
        400,
        REST_EXCEPTION + "Could not execute application.",
        "org.apache.flink.client.program.ProgramInvocationException: The main method caused an"
            + " error",
        message);
  }

  private void become(ScriptedJob job, JobState state) {
    job.become(state);
    onState.accept(job.id, state);
  }

  private void checkpoint(ScriptedJob job) {
    onCheckpoint.accept(job.id, job.checkpoints + 1);
    job.checkpoints++;
  }

  private Optional<ScriptedJob> find(String jobId) {
    return Optional.ofNullable(jobs.get(jobId));
  }

  private ScriptedJob known(String jobId) {
    return find(jobId).orElseThrow(() -> new IllegalArgumentException("no job " + jobId));
  }

  private static ScriptedAnswers unknownJob(String jobId) {
    return ScriptedAnswers.error(
        404, "org.apache.flink.runtime.rest.NotFoundException: Job " + jobId + " not found");
  }
}
