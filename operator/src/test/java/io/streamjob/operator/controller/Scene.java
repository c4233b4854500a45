package io.streamjob.operator.controller;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.spec.StorageProfile.Addressing;
import io.streamjob.operator.flink.SavepointRequest;
import io.streamjob.operator.flink.ScriptedFlink;
import io.streamjob.operator.flink.StopEnding;
import io.streamjob.operator.kube.InMemoryCluster;
import io.streamjob.operator.manifest.Anchor;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.storage.InMemorySnapshotStore;
import io.streamjob.operator.storage.Sample;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.SnapshotStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The world around the operator, which outlives it: the API server, the storage, a Flink for each
 * revision whose JobManager runs, and a clock that only goes when told.
 */
final class Scene implements AutoCloseable {

  static final String NAMESPACE = "shop";
  static final String JOB = "orders";
  static final Names NAMES = new Names(NAMESPACE, JOB);
  static final String FOLDER = "s3://bucket/jobs/shop/orders";
  static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private static final KubernetesSerialization YAML =
      new KubernetesSerialization(new ObjectMapper(), false);
  private static final SnapshotPath ROOT = SnapshotPath.parse("s3://bucket/jobs/shop");

  final InMemoryCluster cluster = new InMemoryCluster();
  final InMemorySnapshotStore store = new InMemorySnapshotStore();

  /** What the next operator has for a store. */
  SnapshotStore storage = store;

  final Hands hands = new Hands();
  final List<String> violations = new CopyOnWriteArrayList<>();

  /** What was asked of Flink that changes something: {@code stop <job id> <trigger id>}. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  volatile Consumer<SavepointRequest> beforeSavepoint = request -> {};
  final Map<String, StorageProfile> profiles =
      Map.of(
          "default",
          new StorageProfile(
              "default",
              URI.create("s3://bucket/jobs"),
              Optional.of(InMemorySnapshotStore.ACCESS.endpoint()),
              "us-east-1",
              Addressing.PathStyle,
              "streamjob-storage"));

  private final Map<Integer, ScriptedFlink> flinks = new ConcurrentSkipListMap<>();
  private final Map<Integer, Consumer<ScriptedFlink>> scripts = new ConcurrentSkipListMap<>();

  /** A clock that stands until it is moved. */
  static final class Hands extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void move(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  Scene() {
    cluster.putSecret(
        NAMESPACE,
        "streamjob-storage",
        Map.of("accessKey", "canary-access", "secretKey", "canary-secret"));
    cluster.onCreated(this::appeared);
    cluster.onDeleted(this::vanished);
  }

  // ---- what users do

  void applyJob(String spec) {
    cluster.apply(job(spec));
  }

  static StreamJob job(String spec) {
    String head =
        """
        apiVersion: streamjob.io/v1alpha1
        kind: StreamJob
        metadata: {name: orders, namespace: shop}
        """;
    return YAML.unmarshal(head + "spec:\n" + spec.indent(2), StreamJob.class);
  }

  void applySavepoint(String name, String deletionPolicy) {
    cluster.apply(
        YAML.unmarshal(
            """
            apiVersion: streamjob.io/v1alpha1
            kind: Savepoint
            metadata: {name: %s, namespace: shop}
            spec:
              source: {type: Job, job: {name: orders}}
              format: Canonical
              deletionPolicy: %s
            """
                .formatted(name, deletionPolicy),
            Savepoint.class));
  }

  void deleteJob() {
    cluster.markForDeletion(job());
  }

  /** The job goes with all that it was made of, and nobody is asked. */
  void vanish() {
    String uid = job().getMetadata().getUid();
    cluster.remove(job());
    cluster.remove(Anchor.of(NAMES, uid));
  }

  // ---- what is there

  StreamJob job() {
    return cluster.find(StreamJob.class, JOB).orElseThrow();
  }

  Savepoint savepoint(String name) {
    return cluster.find(Savepoint.class, name).orElseThrow();
  }

  List<Pod> pods() {
    return cluster.list(Pod.class, NAMESPACE);
  }

  List<Savepoint> savepoints() {
    return cluster.list(Savepoint.class, NAMESPACE);
  }

  Optional<Condition> condition(String type) {
    return find(job().getStatus() == null ? null : job().getStatus().conditions(), type);
  }

  Optional<Condition> condition(Savepoint savepoint, String type) {
    return find(savepoint.getStatus() == null ? null : savepoint.getStatus().conditions(), type);
  }

  private static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /** The types of all conditions of the job that are True. */
  List<String> is() {
    return job().getStatus().conditions().stream()
        .filter(condition -> condition.status() == Condition.Status.True)
        .map(Condition::type)
        .toList();
  }

  /** What was asked that begins so, such as every {@code stop}. */
  List<String> asked(String verb) {
    return asked.stream().filter(line -> line.startsWith(verb + " ")).toList();
  }

  /** Flink's id of the job that runs. */
  String jobId() {
    return job().getStatus().running().jobId();
  }

  /** The snapshot that a revision's job was submitted with last; empty for none. */
  String startedFrom(int revision) {
    return flink(revision).submissions().getLast().path("savepointPath").asText();
  }

  /** The numbers of the revisions whose JobManager runs. */
  List<Integer> running() {
    return List.copyOf(flinks.keySet());
  }

  /** The Flink of a revision that runs. */
  ScriptedFlink flink(int revision) {
    return Optional.ofNullable(flinks.get(revision)).orElseThrow();
  }

  /** The address of a revision's Flink; where nobody answers if it does not run. */
  URI address(int revision) {
    ScriptedFlink flink = flinks.get(revision);
    return flink == null ? NOWHERE : flink.uri();
  }

  // ---- what happens

  /** Prepares the Flink of a revision as soon as it starts, or now. */
  void script(int revision, Consumer<ScriptedFlink> script) {
    scripts.put(revision, script);
    Optional.ofNullable(flinks.get(revision)).ifPresent(script);
  }

  /** A checkpoint of a run lies complete in the storage. */
  String putCheckpoint(String jobId, int number) {
    SnapshotPath path = SnapshotPath.parse(FOLDER + "/checkpoints/" + jobId + "/chk-" + number);
    complete(path);
    return path.toString();
  }

  void complete(SnapshotPath snapshot) {
    store.put(snapshot.resolve("_metadata"), Sample.CANONICAL_INLINE.metadata(ROOT));
  }

  /** A snapshot whose metadata names files that are not there. */
  void damage(SnapshotPath snapshot) {
    store.put(snapshot.resolve("_metadata"), Sample.CANONICAL_FILES.metadata(ROOT));
  }

  private void appeared(HasMetadata object) {
    if (object instanceof Deployment deployment) {
      cluster.apply(pod(deployment));
      if (component(deployment).equals(Names.JOB_MANAGER)) {
        flinks.put(revision(deployment), startFlink(revision(deployment)));
      }
    }
  }

  private ScriptedFlink startFlink(int revision) {
    ScriptedFlink flink = ScriptedFlink.start().automatic();
    flink.jars(Set.of(Executor.JAR));
    flink.onSnapshot(this::written);
    Optional.ofNullable(scripts.get(revision)).ifPresent(script -> script.accept(flink));
    return flink;
  }

  private void written(String location, StopEnding.Snapshot what) {
    SnapshotPath path = SnapshotPath.parse(location);
    switch (what) {
      case NONE -> {}
      case INCOMPLETE -> store.put(path.resolve("part"), "x".getBytes(StandardCharsets.UTF_8));
      case COMPLETE -> complete(path);
    }
  }

  private static Pod pod(Deployment deployment) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(deployment.getMetadata().getName() + "-pod")
        .withNamespace(NAMESPACE)
        .withLabels(deployment.getMetadata().getLabels())
        .endMetadata()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private void vanished(HasMetadata object) {
    if (object instanceof Deployment deployment) {
      cluster.remove(pod(deployment));
      if (component(deployment).equals(Names.JOB_MANAGER)) {
        flinks.remove(revision(deployment)).close();
      }
    }
  }

  private static String component(HasMetadata object) {
    return object.getMetadata().getLabels().get(Names.COMPONENT);
  }

  static int revision(HasMetadata object) {
    return Integer.parseInt(object.getMetadata().getLabels().get(Names.REVISION));
  }

  @Override
  public void close() {
    flinks.values().forEach(ScriptedFlink::close);
    store.close();
  }
}
