package io.streamjob.operator.observe;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.streamjob.operator.core.observed.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What keeps a revision's pods from running, in words that say what to do. */
final class PodProblems {

  /** Reasons of the init container that only another image or spec can mend. */
  private static final Set<String> FINAL = Set.of("JarMissing", "JarAmbiguous", "S3PluginMissing");

  private PodProblems() {}

  static Optional<Problem> of(Collection<Deployment> deployments, Collection<Pod> pods) {
    return pods.stream()
        // Containers that are told to end do not end well, and need not.
        .filter(pod -> !pod.isMarkedForDeletion() && pod.getStatus() != null)
        .sorted((a, b) -> a.getMetadata().getName().compareTo(b.getMetadata().getName()))
        .flatMap(PodProblems::of)
        .findFirst()
        .or(() -> deployments.stream().flatMap(PodProblems::refused).findFirst());
  }

  private static Stream<Problem> of(Pod pod) {
    return Stream.concat(
        Stream.concat(
                statuses(pod.getStatus().getInitContainerStatuses()),
                statuses(pod.getStatus().getContainerStatuses()))
            .flatMap(status -> of(status).stream()),
        pod.getStatus().getConditions().stream().flatMap(PodProblems::unschedulable));
  }

  private static Stream<ContainerStatus> statuses(List<ContainerStatus> statuses) {
    return statuses == null ? Stream.empty() : statuses.stream();
  }

  private static Optional<Problem> of(ContainerStatus status) {
    return ended(status).or(() -> waiting(status));
  }

  private static Optional<Problem> ended(ContainerStatus status) {
    return Stream.of(status.getState(), status.getLastState())
        .filter(state -> state != null && state.getTerminated() != null)
        .map(state -> state.getTerminated())
        .filter(terminated -> terminated.getExitCode() != 0)
        .filter(terminated -> !Boolean.TRUE.equals(status.getReady()))
        .findFirst()
        .map(terminated -> ended(status.getName(), terminated));
  }

  private static Problem ended(String container, ContainerStateTerminated terminated) {
    String message = terminated.getMessage() == null ? "" : terminated.getMessage().strip();
    int bar = message.indexOf('|');
    if (container.equals("prepare") && bar > 0) {
      String reason = message.substring(0, bar);
      return new Problem(reason, message.substring(bar + 1), FINAL.contains(reason));
    }
    return new Problem(
        "ContainerEnded",
        "container %s ended with code %d (%s): look at its log%s"
            .formatted(
                container,
                terminated.getExitCode(),
                terminated.getReason(),
                message.isEmpty() ? "" : "; it ends: " + lastLine(message)),
        false);
  }

  private static String lastLine(String text) {
    String line = text.substring(text.lastIndexOf('\n') + 1);
    return line.length() <= 300 ? line : line.substring(0, 300);
  }

  private static Optional<Problem> waiting(ContainerStatus status) {
    ContainerStateWaiting waiting =
        status.getState() == null ? null : status.getState().getWaiting();
    if (waiting == null || waiting.getReason() == null) {
      return Optional.empty();
    }
    String message = waiting.getMessage() == null ? "" : waiting.getMessage();
    return switch (waiting.getReason()) {
      case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull" ->
          Optional.of(
              new Problem(
                  "ImagePullFailed",
                  "the image %s cannot be pulled: check spec.image and spec.imagePullSecrets (%s)"
                      .formatted(status.getImage(), message),
                  false));
      case "CreateContainerConfigError" ->
          Optional.of(
              new Problem(
                  message.toLowerCase(Locale.ROOT).contains("secret")
                      ? "SecretMissing"
                      : "PodConfigError",
                  "the pod cannot start: %s: create it in the job's namespace".formatted(message),
                  false));
      case "CreateContainerError", "RunContainerError" ->
          Optional.of(
              new Problem("ContainerRefused", "the container cannot start: " + message, false));
      default -> Optional.empty();
    };
  }

  private static Stream<Problem> unschedulable(PodCondition condition) {
    return "PodScheduled".equals(condition.getType())
            && "False".equals(condition.getStatus())
            && "Unschedulable".equals(condition.getReason())
        ? Stream.of(
            new Problem(
                "Unschedulable",
                "no node has room for the pod: add nodes or lower the resources (%s)"
                    .formatted(condition.getMessage()),
                false))
        : Stream.empty();
  }

  private static Stream<Problem> refused(Deployment deployment) {
    List<DeploymentCondition> conditions =
        deployment.getStatus() == null ? List.of() : deployment.getStatus().getConditions();
    return conditions.stream()
        .filter(c -> "ReplicaFailure".equals(c.getType()) && "True".equals(c.getStatus()))
        .map(c ->
            new Problem(
                "PodsRefused",
                "the API server refuses the pods: check quotas and Pod Security of the namespace (%s)"
                    .formatted(c.getMessage()),
                false));
  }
}
