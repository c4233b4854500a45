package io.streamjob.operator.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.act.StorageAccesses;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.report.ConditionType;
import io.streamjob.operator.core.upgrade.Interest;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.Pace;
import io.streamjob.operator.flink.Target;
import io.streamjob.operator.flink.TriggerKey;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.manifest.StoredRevision;
import io.streamjob.operator.telemetry.Redactor;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts together what is known around a StreamJob. Reads caches only, and never waits. */
public final class Observer {

  private final JobWatcher watcher;
  private final Calls calls;
  private final Endpoints endpoints;
  private final StorageAccesses storage;
  private final Redactor redactor;

  public Observer(
      JobWatcher watcher,
      Calls calls,
      Endpoints endpoints,
      StorageAccesses storage,
      Redactor redactor) {
    this.watcher = watcher;
    this.calls = calls;
    this.endpoints = endpoints;
    this.storage = storage;
    this.redactor = redactor;
  }

  /** What was seen, for the core and for the executor. */
  public record Sight(Observed observed, Executor.World world) {}

  /**
   * Looks at everything around a job.
   *
   * @param objects the job's own objects
   * @param savepoints those that its plans took, and the one that its spec names
   */
  public Sight observe(
      StreamJob job,
      MachineState state,
      Collection<? extends HasMetadata> objects,
      Collection<Savepoint> savepoints) {
    storage.learn(job.getMetadata().getNamespace());
    var snapshot = new Snapshot(job.getMetadata().getUid(), objects);
    var views = new HashMap<Integer, RevisionView>();
    for (int revision : follow(job, state, snapshot)) {
      views.put(revision, view(job, snapshot, revision));
    }
    return new Sight(
        new Observed(
            views,
            calls.replies(job.getMetadata().getUid()),
            views(savepoints),
            stopped(savepoints)),
        snapshot);
  }

  /**
   * Sees to it that the right clusters are watched; returns every revision that exists or matters.
   */
  private Set<Integer> follow(StreamJob job, MachineState state, Snapshot snapshot) {
    String uid = job.getMetadata().getUid();
    Map<Integer, Interest> interests = Interest.of(uid, state);
    watcher.follow(
        uid,
        interests.entrySet().stream()
            .filter(entry -> snapshot.remains(entry.getKey()) > 0)
            .map(entry -> target(job, entry.getKey(), entry.getValue()))
            .collect(Collectors.toSet()));
    var revisions = new HashSet<>(snapshot.revisions());
    revisions.addAll(interests.keySet());
    return revisions;
  }

  private Target target(StreamJob job, int revision, Interest interest) {
    Names names = names(job);
    List<TriggerKey> triggers =
        interest.trigger().stream()
            .flatMap(id -> interest.jobs().stream().map(jobId -> new TriggerKey(jobId, id)))
            .toList();
    return new Target(
        names.revision(revision),
        endpoints.rest(names, revision),
        interest.jobs(),
        Set.copyOf(triggers),
        interest.isClose() ? Pace.BUSY : Pace.CALM);
  }

  private RevisionView view(StreamJob job, Snapshot snapshot, int revision) {
    Optional<StoredRevision> stored = snapshot.stored(revision);
    return new RevisionView(
        stored.map(StoredRevision::spec),
        stored.filter(kept -> snapshot.isComplete(revision, kept)).isPresent(),
        snapshot.remains(revision),
        snapshot.problem(revision).map(this::redacted),
        watcher.view(job.getMetadata().getUid(), names(job).revision(revision)));
  }

  /** A container's last words are its own. */
  private Problem redacted(Problem problem) {
    return new Problem(problem.reason(), redactor.redact(problem.message()), problem.isFinal());
  }

  private static Map<String, SavepointView> views(Collection<Savepoint> savepoints) {
    return savepoints.stream()
        .collect(Collectors.toMap(savepoint -> savepoint.getMetadata().getName(), Observer::view));
  }

  private static Set<String> stopped(Collection<Savepoint> savepoints) {
    return savepoints.stream()
        .filter(savepoint -> view(savepoint) instanceof SavepointView.Ready)
        .flatMap(savepoint -> Stream.ofNullable(savepoint.getSpec().source().job().attempt()))
        .map(SavepointSpec.Attempt::jobId)
        .collect(Collectors.toSet());
  }

  private static SavepointView view(Savepoint savepoint) {
    if (condition(savepoint, ConditionType.Ready).filter(Observer::isTrue).isPresent()) {
      return new SavepointView.Ready(savepoint.getStatus().location());
    }
    return condition(savepoint, ConditionType.Stalled)
        .filter(Observer::isTrue)
        .<SavepointView>map(stalled -> new SavepointView.Broken(stalled.message()))
        .orElseGet(() ->
            new SavepointView.Incomplete(
                condition(savepoint, ConditionType.Ready)
                    .map(Condition::message)
                    .orElse("it is new")));
  }

  private static boolean isTrue(Condition condition) {
    return condition.status() == Condition.Status.True;
  }

  private static Optional<Condition> condition(Savepoint savepoint, ConditionType type) {
    return Optional.ofNullable(savepoint.getStatus())
        .map(SavepointStatus::conditions)
        .flatMap(conditions ->
            conditions.stream()
                .filter(condition -> condition.type().equals(type.name()))
                .findFirst());
  }

  private static Names names(StreamJob job) {
    return new Names(job.getMetadata().getNamespace(), job.getMetadata().getName());
  }
}
