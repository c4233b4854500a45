package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A pod that is to die, without a word to anybody.
 *
 * @param processes its Java processes, where they are processes of this machine too, as on the
 *     local cluster; looked up beforehand, so that the moment of death can be chosen
 */
record Victim(KubernetesClient client, Pod pod, List<ProcessHandle> processes) {

  static Victim of(KubernetesClient client, Pod pod) {
    String uid = pod.getMetadata().getUid();
    return new Victim(
        client,
        pod,
        ProcessHandle.allProcesses()
            .filter(Victim::isJava)
            .filter(process -> isOf(process, uid))
            .toList());
  }

  /** A pod of the run that the job's status shows. */
  static Victim of(Scene scene, Job job, String component) {
    JsonNode revision = job.get().at("/status/running/revision");
    return job.podList().stream()
        .filter(pod -> label(pod, "component").equals(component))
        .filter(pod -> label(pod, "revision").equals(revision.asText()))
        .findFirst()
        .map(pod -> of(scene.client(), pod))
        .orElseThrow(() -> new AssertionError("no pod of the " + component));
  }

  private static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels().getOrDefault("streamjob.io/" + name, "");
  }

  private static boolean isJava(ProcessHandle process) {
    return process.info().command().filter(path -> path.endsWith("/java")).isPresent();
  }

  /** The kubelet puts the pod's uid into the name of its control group. */
  private static boolean isOf(ProcessHandle process, String podUid) {
    try {
      Path groups = Path.of("/proc", String.valueOf(process.pid()), "cgroup");
      // With systemd's names, the uid has underscores.
      return Files.readString(groups).replace('_', '-').contains(podUid);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * SIGKILL: the container starts again in the same pod. Where the processes are out of reach, the
   * pod is deleted.
   */
  void kill() {
    boolean isKilled =
        !processes.isEmpty() && processes.stream().allMatch(ProcessHandle::destroyForcibly);
    if (!isKilled) {
      delete();
    }
  }

  /** Deletes the pod by force; its owner makes another one. */
  void delete() {
    client.resource(pod).withGracePeriod(0).delete();
  }

  /** Waits until nothing of it answers any more. */
  void awaitDead() {
    if (processes.isEmpty()) {
      // The longest that the kubelet lets the containers of a deleted pod go on.
      Eventually.pause(Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds()));
    }
    Eventually.is(
        "the processes of pod %s are dead".formatted(pod.getMetadata().getName()),
        () -> processes.stream().noneMatch(ProcessHandle::isAlive),
        processes::toString);
  }

  /** For people: how it dies. */
  String manner() {
    return processes.isEmpty() ? "pod deleted" : "SIGKILL";
  }
}
