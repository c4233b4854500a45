package io.streamjob.e2e.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.flink.ScriptedFlink;
import io.streamjob.operator.manifest.Names;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What surrounds the operator in one run, in a namespace of its own, and outlives it: the work of
 * the Deployment controller, the kubelet and the garbage collector, and a scripted Flink for every
 * JobManager pod.
 */
final class World implements AutoCloseable {

  static final String JOB = "orders";

  private final Shared shared;
  private final String namespace;
  private final Journal journal = new Journal();
  private final ExecutorService hands =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
  private final AtomicBoolean isPoked = new AtomicBoolean();
  private final Map<String, JobManager> jobManagers = new ConcurrentHashMap<>();
  private final AtomicBoolean isCollecting = new AtomicBoolean();

  /** A process in a pod. */
  private record JobManager(int revision, ScriptedFlink flink) {}

  World(Shared shared, String namespace) {
    this.shared = shared;
    this.namespace = namespace;
    shared.kubelet().join(this);
    shared
        .admin()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    shared
        .admin()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("streamjob-storage")
                .withNamespace(namespace)
                .endMetadata()
                .addToData("accessKey", base64(shared.site().accessKey()))
                .addToData("secretKey", base64(shared.site().secretKey()))
                .build())
        .create();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  String namespace() {
    return namespace;
  }

  Shared shared() {
    return shared;
  }

  Journal journal() {
    return journal;
  }

  /** All of this namespace's objects in the storage lie below it. */
  String storagePrefix() {
    return "jobs/" + namespace;
  }

  // ---- what the operator reaches

  /** Opens connections to a revision's JobManager, by way of its Service. */
  Wire.Upstream jobManager(int revision) {
    return () -> {
      boolean isKnown =
          shared.kubelet().list(Service.class, namespace).stream()
              .anyMatch(service -> revision(service) == revision);
      return Site.connect(
          jobManagers.values().stream()
              .filter(process -> isKnown && process.revision() == revision)
              .findFirst()
              .orElseThrow(() -> new IOException("no JobManager"))
              .flink()
              .uri());
    };
  }

  private static int revision(HasMetadata object) {
    return Integer.parseInt(object.getMetadata().getLabels().getOrDefault(Names.REVISION, "0"));
  }

  // ---- what others do

  void labelJob() {
    shared
        .admin()
        .resources(StreamJob.class)
        .inNamespace(namespace)
        .withName(JOB)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"team\":\"orders\"}}}");
  }

  void deleteServices() {
    shared
        .kubelet()
        .list(Service.class, namespace)
        .forEach(service -> shared.admin().resource(service).delete());
  }

  void killJobManagers() {
    shared.kubelet().list(Pod.class, namespace).stream()
        .filter(World::isJobManager)
        .forEach(pod -> shared.admin().resource(pod).withGracePeriod(0).delete());
  }

  // ---- what goes on by itself

  /** Something has changed. */
  void poke() {
    if (isPoked.compareAndSet(false, true) && !hands.isShutdown()) {
      hands.execute(this::attend);
    }
  }

  /** A little time has passed. */
  void tick(boolean isTimeForCheckpoints) {
    jobManagers
        .values()
        .forEach(process -> {
          process.flink().completeSnapshots();
          if (isTimeForCheckpoints) {
            process.flink().checkpoints();
          }
        });
  }

  private void attend() {
    isPoked.set(false);
    guarded(() -> {
      List<Deployment> deployments = shared.kubelet().list(Deployment.class, namespace);
      List<Pod> pods = shared.kubelet().list(Pod.class, namespace);
      deployments.forEach(deployment -> staff(deployment, pods));
      pods.stream()
          .filter(pod -> deployments.stream().noneMatch(owner -> owns(owner, pod)))
          .forEach(pod -> shared.admin().resource(pod).withGracePeriod(0).delete());
      run(pods);
    });
  }

  /** What fails is tried again. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (KubernetesClientException e) {
      journal.note("the cluster met " + e.getMessage());
      poke();
    }
  }

  private static boolean owns(Deployment deployment, Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(deployment.getMetadata().getUid()));
  }

  private void staff(Deployment deployment, List<Pod> pods) {
    int wanted = deployment.getSpec().getReplicas();
    var present = new TreeMap<String, Pod>();
    pods.stream()
        .filter(pod -> owns(deployment, pod))
        .forEach(pod -> present.put(pod.getMetadata().getName(), pod));
    for (int i = 0; i < wanted; i++) {
      Pod pod = pod(deployment, i);
      if (present.remove(pod.getMetadata().getName()) == null) {
        start(pod);
      }
    }
    present.values().forEach(pod -> shared.admin().resource(pod).withGracePeriod(0).delete());
    Integer ready =
        deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
    if (ready == null ? wanted > 0 : ready != wanted) {
      deployment.setStatus(
          new DeploymentStatusBuilder()
              .withReplicas(wanted)
              .withReadyReplicas(wanted)
              .withAvailableReplicas(wanted)
              .withUpdatedReplicas(wanted)
              .build());
      unlessChanged(() -> shared.admin().resource(deployment).updateStatus());
    }
  }

  private Pod pod(Deployment deployment, int index) {
    String uid = deployment.getMetadata().getUid();
    return new PodBuilder()
        .withNewMetadata()
        .withName(deployment.getMetadata().getName() + "-" + uid.substring(0, 5) + "-" + index)
        .withNamespace(namespace)
        .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("Deployment")
        .withName(deployment.getMetadata().getName())
        .withUid(uid)
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withSpec(deployment.getSpec().getTemplate().getSpec())
        .build();
  }

  private void start(Pod pod) {
    unlessChanged(() -> {
      Pod created = shared.admin().resource(pod).create();
      created.setStatus(
          new PodBuilder()
              .withNewStatus()
              .withPhase("Running")
              .addNewCondition()
              .withType("Ready")
              .withStatus("True")
              .endCondition()
              .endStatus()
              .build()
              .getStatus());
      shared.admin().resource(created).updateStatus();
    });
  }

  /** Somebody was quicker: the cache will tell. */
  private static void unlessChanged(Runnable write) {
    try {
      write.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409 && e.getCode() != 404) {
        throw e;
      }
    }
  }

  private void run(List<Pod> pods) {
    var alive = new HashSet<String>();
    for (Pod pod : pods) {
      if (isJobManager(pod) && pod.getStatus().getConditions() != null) {
        alive.add(pod.getMetadata().getUid());
        jobManagers.computeIfAbsent(pod.getMetadata().getUid(), uid -> start(revision(pod)));
      }
    }
    jobManagers.keySet().stream()
        .filter(uid -> !alive.contains(uid))
        .toList()
        .forEach(uid -> {
          JobManager process = jobManagers.remove(uid);
          process.flink().close();
          journal.gone(process.revision());
        });
    jobManagers.values().forEach(process -> process.flink().slots(slots(process.revision(), pods)));
  }

  private static boolean isJobManager(Pod pod) {
    return Names.JOB_MANAGER.equals(pod.getMetadata().getLabels().get(Names.COMPONENT));
  }

  private static int slots(int revision, List<Pod> pods) {
    return 4
        * (int)
            pods.stream()
                .filter(pod -> revision(pod) == revision)
                .filter(pod ->
                    Names.TASK_MANAGER.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
                .count();
  }

  private JobManager start(int revision) {
    var recovery = new Recovery(shared.admin(), namespace, revision);
    ScriptedFlink flink = ScriptedFlink.start();
    flink.jars(Set.of(Executor.JAR));
    flink.onSnapshot((location, piece) -> {
      switch (piece) {
        case NONE, INCOMPLETE -> {}
        case COMPLETE -> {
          shared.storage().writeSnapshot(location);
          journal.savepoint(location);
        }
      }
    });
    flink.onCheckpoint((jobId, number) -> {
      String location =
          "s3://%s/%s/%s/checkpoints/%s/chk-%d"
              .formatted(Site.BUCKET, storagePrefix(), JOB, jobId, number);
      shared.storage().writeCheckpoint(location);
      journal.checkpoint(location);
    });
    flink.onState((jobId, state) -> {
      if (state == JobState.RUNNING) {
        recovery.keep(jobId);
        journal.running(revision, jobId, startedFrom(flink, jobId));
      } else {
        journal.left(jobId, state);
      }
      if (state.isGloballyTerminal()) {
        shared.later(() -> recovery.forget(jobId));
      }
    });
    recovery.jobs().forEach(jobId -> flink.run(jobId, 1));
    return new JobManager(revision, flink);
  }

  private static String startedFrom(ScriptedFlink flink, String jobId) {
    return flink.submissions().stream()
        .filter(submission -> submission.path("jobId").asText().equals(jobId))
        .map(submission -> submission.path("savepointPath").asText())
        .reduce((first, last) -> last)
        .orElse("");
  }

  /** An object is gone, and what it owned goes with it. */
  void gone() {
    if (isCollecting.compareAndSet(false, true) && !hands.isShutdown()) {
      hands.execute(() -> {
        isCollecting.set(false);
        guarded(this::collect);
      });
    }
  }

  /** Deletes whatever belonged to owners that are gone. */
  void collect() {
    new Collector(shared, namespace).run();
  }

  @Override
  public void close() {
    shared.kubelet().leave(this);
    hands.shutdownNow();
    jobManagers.values().forEach(process -> process.flink().close());
  }
}
