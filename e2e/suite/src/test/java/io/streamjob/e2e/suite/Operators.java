package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The operator's pods, of which one leads. */
record Operators(Scene scene) {

  private static final String NAMESPACE = "streamjob";
  private static final String NAME = "streamjob-operator";

  /**
   * Signals the Java process of the pod. Nothing can stop the first process of a PID namespace from
   * within, therefore the tests' operator shares its pod's ({@code e2e/suite/operator}).
   */
  private static final String SIGNAL =
      """
      for p in /proc/[0-9]*; do
        if [ "$(cat $p/comm 2>/dev/null)" = java ]; then
          kill -$1 ${p#/proc/}
          sleep 0.5
          [ $1 = CONT ] || grep -q '^State:.*T' $p/status && exit 0
        fi
      done
      echo "not stopped: does the pod have shareProcessNamespace?"
      exit 1
      """;

  List<Pod> pods() {
    return scene
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", NAME)
        .list()
        .getItems();
  }

  /** The pod that holds the lease, and is not on its way out. */
  Optional<Pod> leader() {
    String holder = holder();
    return pods().stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .filter(pod -> holder.startsWith(pod.getMetadata().getName() + "_"))
        .findFirst();
  }

  private String holder() {
    Lease lease = scene.client().leases().inNamespace(NAMESPACE).withName(NAME).get();
    return lease == null || lease.getSpec().getHolderIdentity() == null
        ? ""
        : lease.getSpec().getHolderIdentity();
  }

  /** Waits until a pod leads and does its work. */
  Pod awaitLeader() {
    return await("leads", leader -> true);
  }

  /** Waits until a pod leads and does its work that is not this one. */
  Pod awaitAnotherThan(Pod other) {
    return await(
        "leads instead of " + other.getMetadata().getName(),
        leader -> !leader.getMetadata().getUid().equals(other.getMetadata().getUid()));
  }

  private Pod await(String what, Predicate<Pod> condition) {
    return Eventually.get(
        "an operator " + what,
        () -> leader().filter(Operators::isReady).filter(condition),
        this::describe);
  }

  /** Waits until one leads and the others stand by. */
  void awaitAll() {
    awaitLeader();
    Eventually.is(
        "all operators are ready",
        () -> pods().stream().allMatch(Operators::isReady),
        this::describe);
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private String describe() {
    return "holder %s, pods %s"
        .formatted(
            holder(),
            pods().stream()
                .map(pod -> pod.getMetadata().getName() + (isReady(pod) ? " ready" : " not ready"))
                .toList());
  }

  /** What is to be killed when all of them die. */
  List<Victim> victims() {
    return pods().stream().map(pod -> Victim.of(scene.client(), pod)).toList();
  }

  /** All of them, now; the Deployment brings others. */
  void kill() {
    kill(victims());
  }

  /** Killed first, for a pod that is deleted works on until the kubelet hears of it. */
  static void kill(List<Victim> victims) {
    victims.forEach(Victim::kill);
    // Another pod, because a container that dies again and again is started ever later.
    victims.forEach(Victim::delete);
  }

  /** Does something while there is no operator at all. */
  void whileAway(Runnable something) {
    int replicas = deployment().require().getSpec().getReplicas();
    deployment().scale(0);
    try {
      Eventually.is("the operators are away", () -> pods().isEmpty(), this::describe);
      something.run();
    } finally {
      deployment().scale(replicas);
    }
    awaitLeader();
  }

  private RollableScalableResource<Deployment> deployment() {
    return scene.client().apps().deployments().inNamespace(NAMESPACE).withName(NAME);
  }

  /** As a node that loses its power. */
  void kill(Pod pod) {
    scene.client().resource(pod).withGracePeriod(0).delete();
  }

  /** Stops the process in the middle of whatever it does. */
  void freeze(Pod pod) {
    signal(pod, "STOP");
  }

  /** Lets the process go on. */
  void wake(Pod pod) {
    signal(pod, "CONT");
  }

  private void signal(Pod pod, String signal) {
    Kubectl.run(
        scene,
        "--namespace=" + NAMESPACE,
        "exec",
        pod.getMetadata().getName(),
        "--",
        "sh",
        "-c",
        SIGNAL,
        "signal",
        signal);
  }

  /** How often the pod's process was started again. */
  int restarts(Pod pod) {
    return scene
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withName(pod.getMetadata().getName())
        .require()
        .getStatus()
        .getContainerStatuses()
        .stream()
        .mapToInt(ContainerStatus::getRestartCount)
        .sum();
  }

  /** What the process said that was there before the last restart. */
  String lastWords(Pod pod) {
    return scene
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withName(pod.getMetadata().getName())
        .terminated()
        .getLog();
  }
}
