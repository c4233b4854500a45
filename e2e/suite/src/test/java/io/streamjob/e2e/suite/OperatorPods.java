package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.util.List;

/** The pods of the operator, however many it has. */
record OperatorPods(KubernetesClient client) {

  private static final String NAMESPACE = "streamjob";
  private static final String NAME = "streamjob-operator";

  List<Victim> victims() {
    return list().stream().map(pod -> Victim.of(client, pod)).toList();
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

  void awaitReady() {
    Eventually.is(
        "the operator is ready",
        () -> list().stream().anyMatch(OperatorPods::isReady),
        () -> "no ready pod");
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** Does something while there is no operator at all. */
  void whileAway(Runnable something) {
    int replicas = deployment().require().getSpec().getReplicas();
    deployment().scale(0);
    try {
      Eventually.is("the operator is away", () -> list().isEmpty(), () -> list().toString());
      something.run();
    } finally {
      deployment().scale(replicas);
    }
    awaitReady();
  }

  private RollableScalableResource<Deployment> deployment() {
    return client.apps().deployments().inNamespace(NAMESPACE).withName(NAME);
  }

  private List<Pod> list() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", NAME)
        .list()
        .getItems();
  }
}
