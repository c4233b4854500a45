package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec.DeletionPolicy;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.act.Facts;
import io.streamjob.operator.act.SavepointExecutor;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.savepoint.SavepointDecision;
import io.streamjob.operator.core.savepoint.SavepointMachine;
import io.streamjob.operator.core.savepoint.SavepointSituation;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.Pace;
import io.streamjob.operator.flink.Target;
import io.streamjob.operator.flink.TriggerKey;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.manifest.Names;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over a Savepoint: at most one status write, and no action beside a change of state. */
public final class SavepointPass {

  private static final Logger LOG = LoggerFactory.getLogger(SavepointPass.class);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final StatusWriter<Savepoint> writer;
  private final SavepointExecutor executor;
  private final Calls calls;
  private final JobWatcher watcher;
  private final Endpoints endpoints;
  private final Clock clock;
  private final Nonces nonces = new Nonces();

  public SavepointPass(
      Cluster cluster,
      SavepointExecutor executor,
      Calls calls,
      JobWatcher watcher,
      Endpoints endpoints,
      Clock clock) {
    this.cluster = cluster;
    this.writer = new StatusWriter<>(cluster);
    this.executor = executor;
    this.calls = calls;
    this.watcher = watcher;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  Savepoint newest(Savepoint cached) {
    return writer.newest(cached);
  }

  /** Whether the savepoint is complete or will never be. */
  static boolean isOver(Savepoint savepoint) {
    return isTrue(savepoint, "Ready") || isTrue(savepoint, "Stalled");
  }

  private static boolean isTrue(Savepoint savepoint, String type) {
    SavepointStatus status = savepoint.getStatus();
    return status != null
        && status.conditions() != null
        && status.conditions().stream()
            .anyMatch(c -> c.type().equals(type) && c.status() == Condition.Status.True);
  }

  /** Runs a pass; returns when to look again, unless there is nothing more to do. */
  Optional<Duration> run(Savepoint savepoint, Optional<StreamJob> job) {
    if (isOver(savepoint)) {
      forget(savepoint);
      return Optional.empty();
    }
    SavepointSituation situation = situation(savepoint, job);
    var status = new SavepointStatusWriter(savepoint, situation.state(), clock.instant());
    return switch (SavepointMachine.decide(situation)) {
      case SavepointDecision.Transition next -> {
        write(savepoint, status.reconciling(next.next(), "Saving", next.message()));
        LOG.info("savepoint={} {}", id(savepoint), next.message());
        yield Optional.of(AT_ONCE);
      }
      case SavepointDecision.Act act -> {
        act.call().ifPresent(call -> executor.send(savepoint, call));
        writeIfNew(savepoint, status.reconciling(situation.state(), act.reason(), act.message()));
        yield Optional.of(act.recheckAfter());
      }
      case SavepointDecision.Complete complete -> {
        write(savepoint, status.complete(complete.location(), Facts.decode(complete.facts())));
        tell(savepoint, "Complete", "complete and verified: " + complete.location(), false);
        yield Optional.of(AT_ONCE);
      }
      case SavepointDecision.Fail fail when !isCurrent(savepoint, job) -> Optional.of(SOON);
      case SavepointDecision.Fail fail -> {
        write(savepoint, status.failed(fail.reason(), fail.message()));
        tell(savepoint, fail.reason(), fail.message(), true);
        yield Optional.of(AT_ONCE);
      }
    };
  }

  private SavepointSituation situation(Savepoint savepoint, Optional<StreamJob> job) {
    String uid = savepoint.getMetadata().getUid();
    SavepointSources sources = new SavepointSources(savepoint, job);
    SavepointState state = sources.state(clock.instant());
    state.attempt().ifPresentOrElse(attempt -> follow(savepoint, attempt), () -> leave(uid));
    return new SavepointSituation(
        uid,
        savepoint.getSpec().format(),
        state,
        sources.source(),
        watcher.view(uid, state.attempt().map(a -> String.valueOf(a.revision())).orElse("")),
        calls.replies(uid),
        clock.instant(),
        nonces.next());
  }

  /** A savepoint that waits for its job to run asks nothing of it meanwhile. */
  private void leave(String uid) {
    watcher.forget(uid);
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

  private void follow(Savepoint savepoint, Attempt attempt) {
    if (attempt.revision() == SavepointSources.NO_REVISION) {
      return;
    }
    var names =
        new Names(
            savepoint.getMetadata().getNamespace(), savepoint.getSpec().source().job().name());
    watcher.follow(
        savepoint.getMetadata().getUid(),
        Set.of(
            new Target(
                String.valueOf(attempt.revision()),
                endpoints.rest(names, attempt.revision()),
                Set.of(attempt.jobId()),
                Set.of(new TriggerKey(attempt.jobId(), attempt.operationId())),
                Pace.BUSY)));
  }

  /**
   * Runs a pass over a savepoint that is to go.
   *
   * @return when to look again; empty when nothing is left to do
   */
  Optional<Duration> delete(Savepoint savepoint, List<StreamJob> jobs) {
    Optional<String> location =
        Optional.ofNullable(savepoint.getStatus()).map(SavepointStatus::location);
    // Looked at first: what has no location may have no spec either (a finalizer applied too late
    // makes such an object anew), and must still go.
    if (location.isEmpty() || savepoint.getSpec().deletionPolicy() != DeletionPolicy.Delete) {
      forget(savepoint);
      return Optional.empty();
    }
    String name = savepoint.getMetadata().getName();
    Optional<String> holder = SavepointSources.holder(name, location.get(), jobs);
    if (holder.isPresent()) {
      return held(
          savepoint,
          "Held",
          "StreamJob %s needs it: it is deleted after that job's next checkpoint"
              .formatted(holder.get()));
    }
    String key = "delete";
    Optional<Reply> reply =
        Optional.ofNullable(calls.replies(savepoint.getMetadata().getUid()).get(key));
    if (reply.orElse(null) instanceof Reply.Done done) {
      LOG.info("savepoint={} deleted objects={}", id(savepoint), done.value());
      forget(savepoint);
      return Optional.empty();
    }
    if (reply.isEmpty()
        || Duration.between(reply.get().at(), clock.instant()).compareTo(SOON) >= 0) {
      // What is deleted does not come back: the cache may not know yet who needs it.
      List<StreamJob> now = cluster.list(StreamJob.class, savepoint.getMetadata().getNamespace());
      if (SavepointSources.holder(name, location.get(), now).isPresent()) {
        return Optional.of(SOON);
      }
      executor.delete(savepoint, key, savepoint.getStatus().profile(), location.get());
    }
    if (reply.orElse(null) instanceof Reply.Failed failed
        && cluster.isTerminating(savepoint.getMetadata().getNamespace())) {
      LOG.warn(
          "savepoint={} its files stay, the namespace is being deleted: {}",
          id(savepoint),
          failed.problem().message());
      forget(savepoint);
      return Optional.empty();
    }
    return reply.orElse(null) instanceof Reply.Failed failed
        ? held(savepoint, failed.problem().reason(), failed.problem().message())
        : Optional.of(SOON);
  }

  private Optional<Duration> held(Savepoint savepoint, String reason, String message) {
    var status = new SavepointStatusWriter(savepoint, SavepointState.NEW, clock.instant());
    writeIfNew(savepoint, status.notDeleted(reason, message));
    return Optional.of(SOON);
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
    LOG.info("savepoint={} {}: {}", id(savepoint), reason, message);
    cluster.event(savepoint, reason, message, isWarning);
  }

  private static String id(Savepoint savepoint) {
    return savepoint.getMetadata().getNamespace() + "/" + savepoint.getMetadata().getName();
  }

  private void forget(Savepoint savepoint) {
    String uid = savepoint.getMetadata().getUid();
    leave(uid);
    if (savepoint.isMarkedForDeletion()) {
      writer.forget(uid);
    }
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    leave(uid);
    writer.forget(uid);
  }
}
