package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.ParsedSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Kubernetes, Flink and a storage in memory, and a reconcile loop that carries out what the machine
 * decides. Nothing in it is random, and its time moves by hand: a pass that acts takes a second.
 */
final class World {

  static final String UID = "0b6a7a5e-0000-4000-8000-000000000001";
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(40), 3);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final String FOLDER = "s3://flink/shop/orders/";

  final Map<Integer, FakeCluster> clusters = new TreeMap<>();

  /** Complete snapshots, by location: the job that they hold the state of. */
  final Map<String, String> snapshots = new LinkedHashMap<>();

  /** How jobs ended, as Flink wrote it down. */
  final Map<String, String> results = new HashMap<>();

  /** The location with the newest state of the job; empty while it has none. */
  Optional<String> newest = Optional.empty();

  /** The uid that the storage names as the owner of the job's folder. */
  Optional<String> owner = Optional.empty();

  final Set<String> asked = new HashSet<>();
  final Deque<StopEnding> endings = new ArrayDeque<>();
  final StoryLog log = new StoryLog();
  SavepointView initialSavepoint = new SavepointView.Missing();
  boolean losesReplies;
  boolean refuses;
  boolean isStorageDown;
  boolean isReleased;
  Decision last = new Decision.Act(List.of(), Duration.ZERO, Optional.empty());
  private final Invariants invariants = new Invariants(this);
  private final Map<String, Reply> replies = new HashMap<>();
  private final Set<String> lost = new HashSet<>();
  private final Map<String, Stop> stops = new LinkedHashMap<>();
  private final Set<String> stoppedBy = new HashSet<>();
  private final Set<String> taken = new HashSet<>();
  private Optional<String> machine = Optional.empty();
  private Optional<String> kept = Optional.empty();
  private ParsedSpec spec = new ParsedSpec.Invalid(0, "nothing was applied yet");
  private Instant operatorStarted = BEGIN;
  private int second;
  private int nonces;
  private int quiet;

  /** A stop-with-savepoint that Flink works at. */
  private record Stop(FakeCluster cluster, String jobId, int until, StopEnding ending) {}

  // What users and fate do.

  World apply(String fields) {
    return apply(Samples.desired(fields), fields.replace("\n", ", "));
  }

  World deleteJob(String fields) {
    Desired desired = Samples.desired(fields);
    return apply(
        new Desired(
            0,
            Lifecycle.DELETED,
            desired.revision(),
            desired.initialState(),
            desired.savepointFormat(),
            desired.savepointOnDelete(),
            desired.strategy(),
            desired.onFailure()),
        "deleted: " + fields.replace("\n", ", "));
  }

  private World apply(Desired desired, String what) {
    long generation = generation() + 1;
    spec =
        new ParsedSpec.Valid(
            new Desired(
                generation,
                desired.lifecycle(),
                desired.revision(),
                desired.initialState(),
                desired.savepointFormat(),
                desired.savepointOnDelete(),
                desired.strategy(),
                desired.onFailure()));
    log.event(second, "generation %d: %s".formatted(generation, what));
    quiet = 0;
    return this;
  }

  World applyNonsense() {
    spec = new ParsedSpec.Invalid(generation() + 1, "spec: makes no sense");
    log.event(second, "generation %d makes no sense".formatted(generation()));
    quiet = 0;
    return this;
  }

  World restartOperator() {
    replies.clear();
    operatorStarted = now();
    log.event(second, "the operator restarts and has forgotten every reply");
    return this;
  }

  World restartJobManager(int revision) {
    log.event(second, "the JobManager of revision %d restarts".formatted(revision));
    clusters.get(revision).restartJobManager();
    return this;
  }

  World loseJobManager(int revision) {
    log.event(
        second, "the JobManager of revision %d restarts and knows nothing".formatted(revision));
    clusters.get(revision).loseJobManager();
    return this;
  }

  World stopElsewhere(int revision) {
    FakeJob job = running().orElseThrow();
    String location = FOLDER + "elsewhere/savepoint-9";
    save(location, job);
    job.state = JobState.FINISHED;
    job.stoppedWith = Optional.of(location);
    return note("somebody else stops revision %d with a savepoint".formatted(revision));
  }

  World note(String what) {
    log.event(second, what);
    quiet = 0;
    return this;
  }

  World wipeStatus() {
    machine = Optional.empty();
    log.event(second, "status.machine is wiped");
    return this;
  }

  World keepStatus() {
    kept = machine;
    return this;
  }

  World restoreStatus() {
    machine = kept;
    log.event(second, "status.machine is restored from a backup");
    return this;
  }

  World endStopsBy(StopEnding... next) {
    for (StopEnding ending : next) {
      endings.add(ending);
    }
    return this;
  }

  // How time passes.

  /** Until nothing is left to do. */
  World settle() {
    quiet = 0;
    return until(world -> world.quiet > 8);
  }

  /** Until the machine stands at this step of a plan of this kind. */
  World untilAt(String plan, String step) {
    return until(world -> world.isAt(plan, step));
  }

  World seconds(int count) {
    int end = second + count;
    return until(world -> world.second >= end);
  }

  World until(Predicate<World> goal) {
    int patience = second + 1500;
    while (!goal.test(this)) {
      if (second > patience) {
        throw new AssertionError(about("never came so far"));
      }
      pass();
    }
    return this;
  }

  boolean isAt(String plan, String step) {
    return state().upgrade() instanceof UpgradeState.Executing executing
        && executing.plan().kind().label().equals(plan)
        && executing.cursor() < executing.plan().steps().size()
        && executing.plan().steps().get(executing.cursor()).label().equals(step);
  }

  /** One pass of the operator. */
  void pass() {
    if (isReleased) {
      elapse();
      return;
    }
    var situation =
        new Situation(
            UID,
            "orders",
            spec,
            state(),
            observe(),
            now(),
            operatorStarted,
            "nonce-" + ++nonces,
            LIMITS);
    last = UpgradeMachine.decide(situation);
    switch (last) {
      case Decision.Transition transition -> write(transition);
      case Decision.Act act -> act(act);
    }
  }

  private void write(Decision.Transition transition) {
    invariants.checkTransition(transition.next());
    invariants.checkState(transition.next());
    log.transition(
        second, "%s: %s".formatted(transition.story().reason(), transition.story().message()));
    machine = Optional.of(StateCodec.encode(UID, transition.next()));
    quiet = 0;
  }

  private void act(Decision.Act act) {
    invariants.checkStatus(act.problem());
    log.problem(second, act.problem());
    act.actions().forEach(this::perform);
    boolean rests =
        act.actions().isEmpty() && !(state().upgrade() instanceof UpgradeState.Executing);
    quiet = rests ? quiet + 1 : 0;
    elapse();
  }

  private void elapse() {
    second++;
    clusters.values().forEach(this::elapse);
    Map.copyOf(stops).forEach(this::end);
    invariants.checkWriters();
    quiet = isReleased ? quiet + 1 : quiet;
  }

  private void elapse(FakeCluster cluster) {
    cluster.pass();
    for (FakeJob job : cluster.jobs.values()) {
      job.pass(cluster.hasSlots()).ifPresent(number -> checkpoint(job, number));
      if (job.state == JobState.FINISHED && !stoppedBy.contains(job.id)) {
        newest = newest.filter(location -> !job.id.equals(snapshots.get(location)));
      }
    }
  }

  private void checkpoint(FakeJob job, long number) {
    String location = FOLDER + "checkpoints/%s/chk-%d".formatted(job.id, number);
    job.latestCheckpoint.ifPresent(snapshots::remove);
    job.latestCheckpoint = Optional.of(location);
    snapshots.put(location, job.id);
    // After a stop whose savepoint is complete, it is the savepoint that counts.
    if (!stoppedBy.contains(job.id)) {
      newest = Optional.of(location);
    }
  }

  // What the operator sees.

  Observed observe() {
    var views = new HashMap<Integer, RevisionView>();
    clusters.forEach((number, cluster) -> views.put(number, cluster.view(now())));
    return new Observed(views, replies, Map.of("before", initialSavepoint), taken);
  }

  MachineState state() {
    return StateCodec.decode(UID, machine).known().orElseThrow().state();
  }

  ParsedSpec spec() {
    return spec;
  }

  private long generation() {
    return switch (spec) {
      case ParsedSpec.Valid valid -> valid.desired().generation();
      case ParsedSpec.Invalid invalid -> invalid.generation();
    };
  }

  Optional<FakeJob> running() {
    return clusters.values().stream()
        .flatMap(cluster -> cluster.jobs.values().stream())
        .filter(FakeJob::isWriting)
        .findFirst();
  }

  boolean isSilentFor(int revision) {
    return clusters.get(revision).isSilent;
  }

  Instant now() {
    return BEGIN.plusSeconds(second);
  }

  String about(String what) {
    return what + ", in this story:\n" + log.text();
  }

  // What the operator does.

  private void perform(Action action) {
    asked.add(action.getClass().getSimpleName());
    switch (action) {
      case Action.StoreRevision store -> store(store);
      case Action.ApplyRevision apply -> apply(apply.revision());
      case Action.DeleteRevision delete -> delete(delete.revision());
      case Action.ForgetRevision forget -> forget(forget.revision());
      case Action.Release release -> release();
      case Action.Call call -> call(call);
    }
  }

  private void store(Action.StoreRevision store) {
    log.action(second, "store revision %d, %s".formatted(store.revision(), store.spec().image()));
    clusters.putIfAbsent(store.revision(), new FakeCluster(store.revision(), store.spec()));
  }

  private void apply(int revision) {
    log.action(second, "apply revision %d".formatted(revision));
    clusters.get(revision).apply();
  }

  private void delete(int revision) {
    log.action(second, "delete revision %d".formatted(revision));
    FakeCluster cluster = clusters.get(revision);
    cluster.jobs.values().forEach(job -> invariants.checkEnding(cluster, job));
    cluster.delete();
  }

  private void forget(int revision) {
    log.action(second, "forget revision %d".formatted(revision));
    assertThat(clusters.remove(revision).isGone()).as(about("whether nothing was left")).isTrue();
  }

  private void release() {
    log.action(second, "release the job");
    isReleased = true;
  }

  private void call(Action.Call call) {
    invariants.checkCall(call);
    log.action(second, describe(call));
    Reply reply = answer(call);
    boolean isLost = losesReplies && lost.add(call.key());
    replies.put(
        call.key(), isLost ? failed("ReplyLost", "nobody knows what came of it", false) : reply);
  }

  private static String describe(Action.Call call) {
    return switch (call) {
      case Action.RecordSavepoint record ->
          "record a Savepoint for attempt %s (%s)".formatted(record.operationId(), record.origin());
      case Action.Claim claim ->
          "claim the folder in storage %s (%s)".formatted(claim.profile(), claim.terms());
      case Action.FindSnapshot find -> "look for savepoint " + find.operationId();
      case Action.FindCheckpoint find -> "look for the newest checkpoint of job " + find.jobId();
      case Action.FindResult find -> "look for the result of job " + find.jobId();
      case Action.Park park ->
          "park job %s of revision %d".formatted(park.jobId(), park.revision());
      case Action.Unpark unpark ->
          "unpark job %s of revision %d".formatted(unpark.jobId(), unpark.revision());
      case Action.LookAtJob look -> "look at job " + look.jobId();
      case Action.ForgetCluster forget ->
          "remove what revision %d left in the storage".formatted(forget.revision());
      case Action.StopWithSavepoint stop ->
          "stop job %s of revision %d with savepoint %s"
              .formatted(stop.jobId(), stop.revision(), stop.operationId());
      case Action.SubmitJob submit ->
          "submit job %s to revision %d from %s"
              .formatted(submit.jobId(), submit.revision(), submit.from().orElse("nothing"));
      case Action.TriggerCheckpoint trigger ->
          "ask job %s for a checkpoint".formatted(trigger.jobId());
      case Action.CancelJob cancel ->
          "cancel job %s of revision %d".formatted(cancel.jobId(), cancel.revision());
    };
  }

  private Reply answer(Action.Call call) {
    return switch (call) {
      case Action.RecordSavepoint record -> done("");
      case Action.Claim claim -> claim(claim.terms());
      case Action.FindSnapshot find ->
          stored(found("savepoints/" + find.operationId() + "/").orElse(""));
      case Action.FindCheckpoint find ->
          stored(found("checkpoints/" + find.jobId() + "/").orElse(""));
      case Action.FindResult find -> stored(results.getOrDefault(find.jobId(), ""));
      case Action.Park park -> {
        clusters.get(park.revision()).park(park.jobId());
        yield done("");
      }
      case Action.Unpark unpark -> {
        clusters.get(unpark.revision()).unpark(unpark.jobId());
        yield done("");
      }
      case Action.LookAtJob look -> look(look);
      case Action.ForgetCluster forget -> stored("");
      case Action.StopWithSavepoint stop -> stop(stop);
      case Action.SubmitJob submit -> submit(submit);
      case Action.TriggerCheckpoint trigger -> checkpoint(trigger);
      case Action.CancelJob cancel -> cancel(cancel);
    };
  }

  private Reply look(Action.LookAtJob look) {
    FakeCluster cluster = clusters.get(look.revision());
    return cluster.isReachable()
        ? done(cluster.job(look.jobId()).map(job -> job.state.name()).orElse(""))
        : noAnswer();
  }

  private Reply claim(ClaimTerms terms) {
    boolean isAnothers = owner.filter(uid -> !uid.equals(UID)).isPresent();
    boolean isUsed = owner.isEmpty() && found("").isPresent();
    if (!isStorageDown && terms == ClaimTerms.UNOWNED && isAnothers) {
      return failed("StateTakenOver", "it is " + owner.get() + "'s", true);
    }
    if (!isStorageDown && terms == ClaimTerms.UNUSED && (isAnothers || isUsed)) {
      return failed("StateExists", "say what is meant", true);
    }
    owner = isStorageDown ? owner : Optional.of(UID);
    return stored("");
  }

  private Optional<String> found(String folder) {
    return snapshots.keySet().stream().filter(key -> key.startsWith(FOLDER + folder)).findFirst();
  }

  private Reply stored(String value) {
    return isStorageDown
        ? failed("StorageUnreachable", "the storage does not answer", false)
        : done(value);
  }

  private Reply done(String value) {
    return new Reply.Done(value, now());
  }

  private Reply failed(String reason, String message, boolean isFinal) {
    return new Reply.Failed(new Problem(reason, message, isFinal), now());
  }

  private Reply noAnswer() {
    return failed("NoAnswer", "connection refused", false);
  }

  private Reply stop(Action.StopWithSavepoint stop) {
    FakeCluster cluster = clusters.get(stop.revision());
    if (!cluster.isReachable()) {
      return noAnswer();
    }
    if (cluster.triggers.containsKey(stop.operationId())) {
      return done("");
    }
    if (cluster.job(stop.jobId()).filter(job -> job.state == JobState.RUNNING).isEmpty()) {
      cluster.triggers.put(
          stop.operationId(), new TriggerView.Failed("JobNotFound", "no such job runs"));
      return done("");
    }
    StopEnding ending = endings.isEmpty() ? StopEnding.SUCCEEDS : endings.poll();
    cluster.triggers.put(stop.operationId(), new TriggerView.InProgress());
    stops.put(stop.operationId(), new Stop(cluster, stop.jobId(), second + 2, ending));
    return done("");
  }

  private void end(String operationId, Stop stop) {
    Optional<FakeJob> job = stop.cluster().job(stop.jobId());
    if (job.isEmpty() || job.get().isOver()) {
      stops.remove(operationId);
      stop.cluster()
          .triggers
          .computeIfPresent(
              operationId, (id, view) -> new TriggerView.Failed("JobEnded", "the job ended"));
      return;
    }
    if (second < stop.until()) {
      return;
    }
    stops.remove(operationId);
    end(operationId, stop, job.get());
  }

  private void end(String operationId, Stop stop, FakeJob job) {
    log.event(second, "the stop with savepoint %s: %s".formatted(operationId, stop.ending()));
    FakeCluster cluster = stop.cluster();
    String location = FOLDER + "savepoints/%s/savepoint-1".formatted(operationId);
    switch (stop.ending()) {
      case SAVEPOINT_FAILS ->
          cluster.triggers.put(operationId, new TriggerView.Failed("IOException", "disk full"));
      case STOPPING_FAILS -> {
        take(location, job);
        cluster.triggers.put(
            operationId,
            new TriggerView.Failed("StopWithSavepointStoppingException", "task failed"));
      }
      case DIES_BEFORE -> cluster.restartJobManager();
      case DIES_MIDWAY -> {
        take(location, job);
        cluster.restartJobManager();
      }
      case DIES_AFTER -> {
        take(location, job);
        job.state = JobState.FINISHED;
        cluster.restartJobManager();
      }
      case SUCCEEDS -> {
        take(location, job);
        job.state = JobState.FINISHED;
        cluster.triggers.put(operationId, new TriggerView.Completed(location));
      }
    }
  }

  private void take(String location, FakeJob job) {
    save(location, job);
    taken.add(job.id);
  }

  private void save(String location, FakeJob job) {
    snapshots.put(location, job.id);
    stoppedBy.add(job.id);
    newest = Optional.of(location);
  }

  private Reply submit(Action.SubmitJob submit) {
    FakeCluster cluster = clusters.get(submit.revision());
    if (!cluster.isReachable()) {
      return noAnswer();
    }
    if (cluster.jobs.containsKey(submit.jobId())) {
      return failed("SubmissionRefused", "the job was submitted before", false);
    }
    String image = submit.spec().image();
    if (refuses || image.endsWith(":refused")) {
      return failed("SubmissionRefused", "main() throws: no such topic", true);
    }
    invariants.checkStart(submit);
    var job = new FakeJob(submit.jobId(), submit.from(), image, submit.spec().parallelism());
    cluster.add(job);
    if (submit.from().filter(from -> !snapshots.containsKey(from)).isPresent()) {
      job.fail("there is no snapshot at " + submit.from().get());
      return failed("SubmissionRefused", "the snapshot is missing", true);
    }
    newest = submit.from();
    return image.endsWith(":throws-late")
        ? failed("SubmissionRefused", "main() throws after execute()", true)
        : done("");
  }

  private Reply checkpoint(Action.TriggerCheckpoint trigger) {
    FakeCluster cluster = clusters.get(trigger.revision());
    if (!cluster.isReachable()) {
      return noAnswer();
    }
    cluster.job(trigger.jobId()).ifPresent(job -> job.askForCheckpoint(trigger.operationId()));
    return done("");
  }

  private Reply cancel(Action.CancelJob cancel) {
    FakeCluster cluster = clusters.get(cancel.revision());
    if (!cluster.isReachable()) {
      return noAnswer();
    }
    Optional<FakeJob> job = cluster.job(cancel.jobId()).filter(known -> !known.isOver());
    job.ifPresent(running -> invariants.checkEnding(cluster, running));
    job.ifPresent(running -> running.state = JobState.CANCELLING);
    return job.isPresent() ? done("") : failed("JobEnded", "the job has ended", false);
  }
}
