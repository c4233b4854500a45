package io.streamjob.operator.act;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointSpec.Attempt;
import io.streamjob.api.v1alpha1.SavepointSpec.DeletionPolicy;
import io.streamjob.api.v1alpha1.SavepointSpec.JobSource;
import io.streamjob.api.v1alpha1.SavepointSpec.Source;
import io.streamjob.api.v1alpha1.SavepointSpec.SourceType;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.upgrade.Action;
import io.streamjob.operator.core.upgrade.Savepoints;
import io.streamjob.operator.flink.FlinkClient;
import io.streamjob.operator.flink.FlinkException;
import io.streamjob.operator.flink.SavepointRequest;
import io.streamjob.operator.flink.Submission;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.manifest.Anchor;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.HighAvailability;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.manifest.StoredRevision;
import io.streamjob.operator.manifest.Transport;
import io.streamjob.operator.storage.AttemptResult;
import io.streamjob.operator.storage.FolderOwner;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.SnapshotStore;
import io.streamjob.operator.storage.StorageAccess;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Carries out actions. Every one of them may be repeated. */
public final class Executor {

  /** The id under which the init container puts the job's jar. */
  public static final String JAR = "streamjob_job.jar";

  private final Cluster cluster;
  private final FlinkClient flink;
  private final SnapshotStore store;
  private final StorageAccesses storage;
  private final Calls calls;
  private final Endpoints endpoints;

  public Executor(
      Cluster cluster,
      FlinkClient flink,
      SnapshotStore store,
      StorageAccesses storage,
      Calls calls,
      Endpoints endpoints) {
    this.cluster = cluster;
    this.flink = flink;
    this.store = store;
    this.storage = storage;
    this.calls = calls;
    this.endpoints = endpoints;
  }

  /** Carries out one action for a job; calls are sent and not waited for. */
  public void act(StreamJob job, World world, Action action) {
    switch (action) {
      case Action.StoreRevision stored -> store(job, stored.revision(), stored.spec());
      case Action.ApplyRevision apply ->
          world.stored(apply.revision()).ifPresent(r -> apply(job, world, apply.revision(), r));
      case Action.DeleteRevision delete -> remove(world, delete.revision());
      case Action.ForgetRevision forget ->
          cluster.delete(StoredRevision.record(names(job), forget.revision()));
      case Action.Release release ->
          cluster.delete(Anchor.of(names(job), job.getMetadata().getUid()));
      case Action.Call call -> send(job, call);
    }
  }

  /**
   * Whether the action takes something away or starts something, and must not be done on a stale
   * view.
   */
  public static boolean isGrave(Action action) {
    return switch (action) {
      case Action.DeleteRevision delete -> true;
      case Action.ForgetRevision forget -> true;
      case Action.StopWithSavepoint stop -> true;
      case Action.SubmitJob submit -> true;
      case Action.CancelJob cancel -> true;
      case Action.Park park -> true;
      case Action.Unpark unpark -> true;
      case Action.ForgetCluster forget -> true;
      case Action.Claim claim -> true;
      case Action.Release release -> true;
      // A JobManager brings back what its high availability remembers.
      case Action.ApplyRevision apply -> true;
      case Action.StoreRevision store -> true;
      case Action.RecordSavepoint savepoint -> false;
      case Action.FindSnapshot find -> false;
      case Action.FindCheckpoint find -> false;
      case Action.FindResult find -> false;
      case Action.LookAtJob look -> false;
      case Action.TriggerCheckpoint trigger -> false;
    };
  }

  /** What the pass observed of Kubernetes, as far as acting needs it. */
  public interface World {

    /** What a revision's ControllerRevision holds. */
    Optional<StoredRevision> stored(int revision);

    /** The objects of a revision that are there and not yet going. */
    List<HasMetadata> objects(int revision);

    /** Whether a process of the revision runs, or has run in a pod that is still there. */
    boolean hasStarted(int revision);
  }

  private void store(StreamJob job, int revision, RevisionSpec spec) {
    cluster.createIfAbsent(
        Cluster.ownedBy(
            StoredRevision.store(
                availability(job, revision),
                spec,
                storage.profile(spec.storageProfile()),
                endpoints.keys().isPresent() ? Transport.MUTUAL_TLS : Transport.PLAIN),
            anchor(job)));
  }

  /**
   * What is watched comes last: once it is there, everything is. Keys that were deleted under pods
   * that run are not made again, for new ones would part those that start from them.
   */
  private void apply(StreamJob job, World world, int number, StoredRevision revision) {
    HasMetadata anchor = anchor(job);
    List<HasMetadata> objects = revision.copies();
    create(anchor, objects, object -> !StoredRevision.isWatched(object));
    if (!world.hasStarted(number)) {
      endpoints.keys().ifPresent(keys -> giveKeys(availability(job, number), keys));
    }
    create(anchor, objects, StoredRevision::isWatched);
  }

  private void create(HasMetadata anchor, List<HasMetadata> objects, Predicate<HasMetadata> which) {
    objects.stream()
        .filter(which)
        .forEach(object -> cluster.createIfAbsent(Cluster.ownedBy(object, anchor)));
  }

  /** The Secret goes with the cluster's ConfigMap: the operator may not delete Secrets. */
  private void giveKeys(HighAvailability availability, ClusterKeys keys) {
    ConfigMap owner = owner(availability);
    cluster.createIfAbsent(
        Cluster.ownedBy(
            availability.keys(keys.issue(availability.names(), availability.revision())), owner));
  }

  private HasMetadata anchor(StreamJob job) {
    ControllerRevision anchor = Anchor.of(names(job), job.getMetadata().getUid());
    return cluster
        .fresh(anchor)
        .or(() -> {
          cluster.createIfAbsent(anchor);
          return cluster.fresh(anchor);
        })
        .orElseThrow(() -> new IllegalStateException("the anchor was deleted: it is made again"));
  }

  /** What is watched goes last: as long as some of it is there, all of it is removed again. */
  private void remove(World world, int revision) {
    List<HasMetadata> watched = world.objects(revision);
    if (!watched.isEmpty()) {
      world.stored(revision).stream()
          .flatMap(stored -> stored.copies().stream())
          .filter(object -> !StoredRevision.isWatched(object))
          .forEach(cluster::delete);
    }
    watched.forEach(cluster::delete);
  }

  private void send(StreamJob job, Action.Call call) {
    String owner = job.getMetadata().getUid();
    switch (call) {
      case Action.RecordSavepoint savepoint ->
          calls.send(owner, call.key(), () -> record(job, savepoint), Failures::kubernetes);
      case Action.Claim claim ->
          calls.send(owner, call.key(), () -> claim(job, claim), Failures::storage);
      case Action.FindSnapshot find ->
          calls.send(owner, call.key(), () -> find(job, find), Failures::storage);
      case Action.FindCheckpoint find ->
          calls.send(owner, call.key(), () -> find(job, find), Failures::storage);
      case Action.FindResult find ->
          calls.send(owner, call.key(), () -> find(job, find), Failures::storage);
      case Action.StopWithSavepoint stop ->
          calls.send(owner, call.key(), () -> stop(job, stop), Failures::flink);
      case Action.SubmitJob submit ->
          calls.send(owner, call.key(), () -> submit(job, submit), Failures::submission);
      case Action.Park park ->
          calls.send(owner, call.key(), () -> park(job, park), Failures::kubernetes);
      case Action.Unpark unpark ->
          calls.send(owner, call.key(), () -> unpark(job, unpark), Failures::kubernetes);
      case Action.LookAtJob look ->
          calls.send(owner, call.key(), () -> look(job, look), Failures::flink);
      case Action.ForgetCluster forget ->
          calls.send(owner, call.key(), () -> forget(job, forget), Failures::storage);
      case Action.TriggerCheckpoint trigger ->
          calls.send(owner, call.key(), () -> trigger(job, trigger), Failures::flink);
      case Action.CancelJob cancel ->
          calls.send(owner, call.key(), () -> cancel(job, cancel), Failures::flink);
    }
  }

  private CompletableFuture<String> record(StreamJob job, Action.RecordSavepoint action) {
    var savepoint = new Savepoint();
    savepoint.setMetadata(
        new ObjectMetaBuilder()
            .withName(Savepoints.name(job.getMetadata().getName(), action.operationId()))
            .withNamespace(job.getMetadata().getNamespace())
            .withLabels(
                Map.of(Names.MANAGED_BY, Names.OPERATOR, Names.JOB, job.getMetadata().getName()))
            .build());
    var attempt =
        new Attempt(action.origin(), action.operationId(), action.jobId(), action.profile());
    savepoint.setSpec(
        new SavepointSpec(
            new Source(SourceType.Job, new JobSource(job.getMetadata().getName(), attempt)),
            action.format(),
            DeletionPolicy.Retain));
    cluster.createIfAbsent(savepoint);
    return CompletableFuture.completedFuture("");
  }

  private CompletableFuture<String> claim(StreamJob job, Action.Claim action) {
    ObjectMeta metadata = job.getMetadata();
    var owner = new FolderOwner(metadata.getUid(), metadata.getNamespace(), metadata.getName());
    return at(
        job,
        action.profile(),
        jobFolder -> jobFolder,
        (access, folder) ->
            store
                .check(access, folder)
                .thenCompose(done -> store.claim(access, folder, owner, action.terms()))
                .thenApply(ownership -> {
                  ClaimRefusedException.check(folder, ownership, action.terms());
                  return "";
                }));
  }

  private CompletableFuture<String> find(StreamJob job, Action.FindSnapshot action) {
    return at(
        job,
        action.profile(),
        folder -> folder + "/savepoints/" + action.operationId(),
        (access, folder) -> store.find(access, folder).thenApply(Executor::location));
  }

  static String location(AttemptResult result) {
    return switch (result) {
      case AttemptResult.None none -> "";
      case AttemptResult.Incomplete incomplete -> "";
      case AttemptResult.Complete complete -> complete.location().toString();
      case AttemptResult.Ambiguous several ->
          throw new StorageAccesses.UnusableException(
              "SnapshotAmbiguous",
              "the attempt's folder holds several savepoints: remove all but the newest of "
                  + several.locations());
    };
  }

  private CompletableFuture<String> find(StreamJob job, Action.FindCheckpoint action) {
    return at(
        job,
        action.profile(),
        folder -> folder + "/checkpoints/" + action.jobId(),
        (access, folder) ->
            store
                .newestCheckpoint(access, folder)
                .thenApply(found -> found.map(SnapshotPath::toString).orElse("")));
  }

  private CompletableFuture<String> find(StreamJob job, Action.FindResult action) {
    StorageProfile profile = storage.profile(action.profile());
    return store
        .jobResult(
            storage.open(action.profile(), job.getMetadata().getNamespace()),
            StorageAccesses.path(availability(job, action.revision()).results(profile)),
            action.jobId())
        .thenApply(result -> result.map(JobState::name).orElse(""));
  }

  private CompletableFuture<String> at(
      StreamJob job,
      String profile,
      Function<String, String> below,
      BiFunction<StorageAccess, SnapshotPath, CompletableFuture<String>> call) {
    String namespace = job.getMetadata().getNamespace();
    StorageAccess access = storage.open(profile, namespace);
    String folder = storage.profile(profile).jobFolder(namespace, job.getMetadata().getName());
    return call.apply(access, StorageAccesses.path(below.apply(folder)));
  }

  private CompletableFuture<String> stop(StreamJob job, Action.StopWithSavepoint action) {
    String folder =
        storage
            .profile(action.profile())
            .attemptFolder(
                job.getMetadata().getNamespace(),
                job.getMetadata().getName(),
                action.operationId());
    return flink
        .stopWithSavepoint(
            rest(job, action.revision()),
            action.jobId(),
            new SavepointRequest(action.operationId(), folder, action.format()))
        .thenApply(done -> "");
  }

  private CompletableFuture<String> park(StreamJob job, Action.Park action) {
    return edit(
        availability(job, action.revision()),
        data -> HighAvailability.parked(data, action.jobId()));
  }

  private CompletableFuture<String> unpark(StreamJob job, Action.Unpark action) {
    return edit(
        availability(job, action.revision()),
        data -> HighAvailability.unparked(data, action.jobId()));
  }

  private CompletableFuture<String> edit(
      HighAvailability availability, UnaryOperator<Map<String, String>> edit) {
    ObjectMeta kept = availability.cluster().getMetadata();
    cluster.editData(kept.getNamespace(), kept.getName(), edit);
    return CompletableFuture.completedFuture("");
  }

  private CompletableFuture<String> look(StreamJob job, Action.LookAtJob action) {
    URI rest = rest(job, action.revision());
    return flink
        .knows(rest, action.jobId())
        .thenCompose(isKnown ->
            isKnown
                ? flink.jobs(rest).thenApply(jobs -> state(jobs, action.jobId()))
                : CompletableFuture.completedFuture(""));
  }

  private static String state(Map<String, JobView> jobs, String jobId) {
    return Optional.ofNullable(jobs.get(jobId))
        .map(job -> job.state().name())
        .orElseThrow(
            () -> new FlinkException.Unreachable("the JobManager cannot tell the job's state"));
  }

  private CompletableFuture<String> forget(StreamJob job, Action.ForgetCluster action) {
    StorageProfile profile = storage.profile(action.profile());
    return store
        .deleteHighAvailability(
            storage.open(action.profile(), job.getMetadata().getNamespace()),
            StorageAccesses.path(availability(job, action.revision()).folder(profile)))
        .thenApply(done -> "");
  }

  private CompletableFuture<String> submit(StreamJob job, Action.SubmitJob action) {
    prepareRun(availability(job, action.revision()), action.jobId());
    RevisionSpec spec = action.spec();
    var submission =
        new Submission(
            JAR,
            action.jobId(),
            spec.job().entryClass(),
            spec.job().args(),
            spec.parallelism(),
            action.from());
    return flink
        .submit(rest(job, action.revision()), submission)
        .exceptionallyCompose(Executor::alreadyThere);
  }

  private void prepareRun(HighAvailability availability, String jobId) {
    ConfigMap owner = owner(availability);
    availability
        .ofRun(jobId)
        .forEach(object -> cluster.createIfAbsent(Cluster.ownedBy(object, owner)));
  }

  private ConfigMap owner(HighAvailability availability) {
    return cluster
        .fresh(availability.cluster())
        .orElseThrow(
            () -> new FlinkException.Unreachable("its high availability is not set up any more"));
  }

  /** The id is ours alone: a job that is there already is this one. */
  private static CompletableFuture<String> alreadyThere(Throwable failure) {
    return FlinkException.of(failure) instanceof FlinkException.Rejected refused
            && (refused.reason().contains("DuplicateApplicationSubmission")
                || refused.reason().contains("DuplicateJobSubmission"))
        ? CompletableFuture.completedFuture("")
        : CompletableFuture.failedFuture(failure);
  }

  private CompletableFuture<String> trigger(StreamJob job, Action.TriggerCheckpoint action) {
    return flink
        .checkpoint(rest(job, action.revision()), action.jobId(), action.operationId())
        .thenApply(done -> "");
  }

  private CompletableFuture<String> cancel(StreamJob job, Action.CancelJob action) {
    return flink.cancel(rest(job, action.revision()), action.jobId()).thenApply(done -> "");
  }

  private URI rest(StreamJob job, int revision) {
    return endpoints.rest(names(job), revision);
  }

  private static HighAvailability availability(StreamJob job, int revision) {
    return new HighAvailability(names(job), job.getMetadata().getUid(), revision);
  }

  private static Names names(StreamJob job) {
    return new Names(job.getMetadata().getNamespace(), job.getMetadata().getName());
  }
}
