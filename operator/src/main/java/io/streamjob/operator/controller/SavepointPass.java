package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec.DeletionPolicy;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Facts;
import io.streamjob.operator.act.SavepointExecutor;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.savepoint.SavepointDecision;
import io.streamjob.operator.core.savepoint.SavepointDeletion;
import io.streamjob.operator.core.savepoint.SavepointMachine;
import io.streamjob.operator.core.savepoint.SavepointSituation;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.observe.SavedCluster;
import io.streamjob.operator.telemetry.LogFields;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over a Savepoint: at most one status write, and no action beside a change of state. */
public final class SavepointPass {

  private static final Logger LOG = LoggerFactory.getLogger(SavepointPass.class);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration SOON = Duration.ofSeconds(5);

  /** What ends a wait wakes the savepoint, but for the end of its namespace. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private static final String LET_GO =
      " (to let this Savepoint go and leave its files, set spec.deletionPolicy to Retain)";

  private final Cluster cluster;
  private final StatusWriter<Savepoint> writer;
  private final Holds holds;
  private final SavepointExecutor executor;
  private final Calls calls;
  private final SavedCluster asked;
  private final Clock clock;
  private final Storyteller stories;
  private final Telemetry telemetry;
  private final Nonces nonces = new Nonces();

  public SavepointPass(
      Cluster cluster,
      SavepointExecutor executor,
      Calls calls,
      SavedCluster asked,
      Clock clock,
      Telemetry telemetry) {
    this.cluster = cluster;
    this.writer = new StatusWriter<>(cluster);
    this.holds = new Holds(cluster);
    this.executor = executor;
    this.calls = calls;
    this.asked = asked;
    this.clock = clock;
    this.stories = new Storyteller(cluster, clock);
    this.telemetry = telemetry;
  }

  Savepoint newest(Savepoint cached) {
    return writer.newest(cached);
  }

  /** Whether the savepoint is complete or will never be. */
  static boolean isOver(Savepoint savepoint) {
    return is(savepoint, "Ready").isPresent()
        || is(savepoint, "Stalled")
            .filter(stalled -> !stalled.reason().equals(SavepointStatusWriter.FOREIGN))
            .isPresent();
  }

  private static Optional<Condition> is(Savepoint savepoint, String type) {
    return Optional.ofNullable(savepoint.getStatus())
        .map(SavepointStatus::conditions)
        .flatMap(conditions ->
            conditions.stream()
                .filter(c -> c.type().equals(type) && c.status() == Condition.Status.True)
                .findFirst());
  }

  /** Runs a pass; returns when to look again, unless there is nothing more to do. */
  Optional<Duration> run(Savepoint savepoint, List<StreamJob> jobs) {
    return LogFields.during(
        Subjects.of(savepoint),
        () ->
            holds.update(savepoint, jobs, clock.instant())
                ? Optional.of(AT_ONCE)
                : follow(savepoint, jobs));
  }

  private Optional<Duration> follow(Savepoint savepoint, List<StreamJob> jobs) {
    Optional<StreamJob> job = Sources.savedJob(savepoint, jobs);
    if (isOver(savepoint)) {
      forget(savepoint);
      writeIfNew(savepoint, status(savepoint).observed());
      return Optional.empty();
    }
    var sources = new SavepointSources(savepoint, job);
    return switch (sources.state(clock.instant())) {
      case Decoded.Foreign<SavepointState> foreign -> {
        forget(savepoint);
        writeIfNew(savepoint, status(savepoint).handsOff(foreign.why()));
        yield Optional.empty();
      }
      case Decoded.Known<SavepointState> known ->
          run(savepoint, job, situation(savepoint, known.state(), sources.source()));
    };
  }

  private Optional<Duration> run(
      Savepoint savepoint, Optional<StreamJob> job, SavepointSituation situation) {
    SavepointStatusWriter status = status(savepoint);
    SavepointState state = situation.state();
    return switch (SavepointMachine.decide(situation)) {
      case SavepointDecision.Transition next -> {
        write(savepoint, status.reconciling(next.next(), "Saving", next.message()));
        LOG.info("{}", next.message());
        yield Optional.of(AT_ONCE);
      }
      case SavepointDecision.Act act -> {
        act.call().ifPresent(call -> executor.send(savepoint, call));
        writeIfNew(savepoint, status.reconciling(state, act.reason(), act.message()));
        yield Optional.of(act.recheckAfter());
      }
      case SavepointDecision.Complete complete -> {
        write(
            savepoint, status.complete(state, complete.location(), Facts.decode(complete.facts())));
        measure(savepoint, status, state, Metric.DONE);
        tell(savepoint, "Complete", "complete and verified: " + complete.location(), false);
        yield Optional.of(AT_ONCE);
      }
      case SavepointDecision.Fail fail when !isCurrent(savepoint, job) -> Optional.of(SOON);
      case SavepointDecision.Fail fail -> {
        write(savepoint, status.failed(state, fail.reason(), fail.message()));
        measure(savepoint, status, state, Metric.FAILED);
        tell(savepoint, fail.reason(), fail.message(), true);
        yield Optional.of(AT_ONCE);
      }
    };
  }

  private void measure(
      Savepoint savepoint, SavepointStatusWriter status, SavepointState state, String outcome) {
    telemetry.time(
        Metric.SNAPSHOTS,
        status.duration(state),
        status.origin(),
        savepoint.getSpec().format().name(),
        outcome);
  }

  private SavepointStatusWriter status(Savepoint savepoint) {
    return new SavepointStatusWriter(savepoint, clock.instant());
  }

  private SavepointSituation situation(
      Savepoint savepoint, SavepointState state, SavepointSituation.Source source) {
    String uid = savepoint.getMetadata().getUid();
    return new SavepointSituation(
        uid,
        savepoint.getSpec().format(),
        state,
        source,
        follow(savepoint, state),
        calls.replies(uid),
        clock.instant(),
        nonces.next());
  }

  /** What the cluster says that was asked, if one was. */
  private Optional<ClusterView> follow(Savepoint savepoint, SavepointState state) {
    if (state.attempt().isEmpty()) {
      asked.leave(savepoint.getMetadata().getUid());
      return Optional.empty();
    }
    return state
        .attempt()
        .filter(attempt -> attempt.revision() != SavepointSources.NO_REVISION)
        .flatMap(attempt -> asked.follow(savepoint, attempt));
  }

  /** A savepoint that waits for its job to run asks nothing of it meanwhile. */
  private void leave(String uid) {
    asked.leave(uid);
    calls.forget(uid);
  }

  /** Whether the API server, asked now, has the job that this pass was decided from. */
  private boolean isCurrent(Savepoint savepoint, Optional<StreamJob> job) {
    var asked = new StreamJob();
    asked.setMetadata(
        new ObjectMetaBuilder()
            .withName(savepoint.getSpec().source().job().name())
            .withNamespace(savepoint.getMetadata().getNamespace())
            .build());
    return cluster
        .fresh(asked)
        .flatMap(StreamJobPass::machine)
        .equals(job.flatMap(StreamJobPass::machine));
  }

  /**
   * Runs a pass over a savepoint that is to go.
   *
   * @return when to look again; empty when nothing is left to do
   */
  Optional<Duration> delete(Savepoint savepoint, List<StreamJob> jobs) {
    return LogFields.during(Subjects.of(savepoint), () -> remove(savepoint, jobs));
  }

  private Optional<Duration> remove(Savepoint savepoint, List<StreamJob> jobs) {
    if (savepoint.getSpec() == null
        || savepoint.getSpec().deletionPolicy() != DeletionPolicy.Delete) {
      return gone(savepoint, "its files stay, as its deletionPolicy says");
    }
    if (cluster.isTerminating(savepoint.getMetadata().getNamespace())) {
      return gone(savepoint, "its files stay, the namespace is being deleted");
    }
    return switch (new SavepointSources(savepoint, jobs).state(clock.instant())) {
      case Decoded.Foreign<SavepointState> foreign -> {
        writeIfNew(savepoint, status(savepoint).handsOff(foreign.why() + LET_GO));
        yield Optional.of(PAUSE);
      }
      case Decoded.Known<SavepointState> known -> delete(savepoint, known.state(), jobs);
    };
  }

  private Optional<Duration> delete(
      Savepoint savepoint, SavepointState state, List<StreamJob> jobs) {
    SavepointDeletion.Decision decision = decide(savepoint, state, jobs);
    if (decision instanceof SavepointDeletion.Decision.Delete) {
      // What is deleted does not come back: the cache may not know yet who needs it.
      String namespace = savepoint.getMetadata().getNamespace();
      decision = decide(savepoint, state, cluster.list(StreamJob.class, namespace));
    }
    return switch (decision) {
      case SavepointDeletion.Decision.Go go -> gone(savepoint, "its files are deleted");
      case SavepointDeletion.Decision.Wait wait -> {
        writeIfNew(savepoint, status(savepoint).going(wait.reason(), wait.message() + LET_GO));
        yield Optional.of(PAUSE);
      }
      case SavepointDeletion.Decision.Delete files -> {
        executor.delete(savepoint, SavepointDeletion.KEY, files.attempts());
        yield Optional.of(SOON);
      }
    };
  }

  private SavepointDeletion.Decision decide(
      Savepoint savepoint, SavepointState state, List<StreamJob> jobs) {
    return SavepointDeletion.decide(
        new SavepointDeletion.Situation(
            state,
            new SavepointSources(savepoint, jobs).source(),
            SavepointSources.holder(savepoint, state, jobs),
            follow(savepoint, state),
            Optional.ofNullable(
                calls.replies(savepoint.getMetadata().getUid()).get(SavepointDeletion.KEY)),
            Instant.parse(savepoint.getMetadata().getDeletionTimestamp()),
            clock.instant()));
  }

  private Optional<Duration> gone(Savepoint savepoint, String message) {
    if (holds.release(savepoint)) {
      return Optional.of(AT_ONCE);
    }
    tell(savepoint, "Deleted", message, false);
    forget(savepoint);
    return Optional.empty();
  }

  private void writeIfNew(Savepoint savepoint, SavepointStatus status) {
    if (!status.equals(savepoint.getStatus())) {
      write(savepoint, status);
    }
  }

  private void write(Savepoint savepoint, SavepointStatus status) {
    var next = new Savepoint();
    next.setMetadata(savepoint.getMetadata());
    next.setSpec(savepoint.getSpec());
    next.setStatus(status);
    writer.put(next);
  }

  private void tell(Savepoint savepoint, String reason, String message, boolean isWarning) {
    LOG.info("{}: {}", reason, message);
    stories.mention(savepoint, reason, message, isWarning);
  }

  private void forget(Savepoint savepoint) {
    String uid = savepoint.getMetadata().getUid();
    leave(uid);
    if (savepoint.isMarkedForDeletion()) {
      writer.forget(uid);
      stories.forget(uid);
    }
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    leave(uid);
    writer.forget(uid);
    stories.forget(uid);
  }
}
