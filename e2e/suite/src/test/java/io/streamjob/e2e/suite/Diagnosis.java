package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a person wants to see of a failed test: {@code target/diagnosis/<test>/}. */
record Diagnosis(KubernetesClient client, String namespace) {

  void write(String test) {
    Path folder = Path.of("target", "diagnosis", test);
    write(
        folder,
        "streamjobs.yaml",
        () ->
            yaml(
                client
                    .resources(StreamJob.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .stream()));
    write(
        folder,
        "savepoints.yaml",
        () ->
            yaml(
                client
                    .resources(Savepoint.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .stream()));
    write(folder, "events.txt", this::events);
    pods(folder, namespace);
    pods(folder.resolve("operator"), "streamjob");
    System.out.println("diagnosis: " + folder.toAbsolutePath());
  }

  private static String yaml(Stream<?> objects) {
    return objects.map(Serialization::asYaml).collect(Collectors.joining("\n"));
  }

  private String events() {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .sorted(Comparator.comparing(Diagnosis::time))
        .map(event ->
            "%s %-7s %-22s %s/%s: %s"
                .formatted(
                    time(event),
                    event.getType(),
                    event.getReason(),
                    event.getInvolvedObject().getKind(),
                    event.getInvolvedObject().getName(),
                    event.getMessage()))
        .collect(Collectors.joining("\n"));
  }

  private static String time(Event event) {
    return Stream.of(event.getLastTimestamp(), event.getMetadata().getCreationTimestamp())
        .filter(time -> time != null)
        .findFirst()
        .orElse("");
  }

  private void pods(Path folder, String where) {
    for (Pod pod : client.pods().inNamespace(where).list().getItems()) {
      String name = pod.getMetadata().getName();
      write(folder, name + ".yaml", () -> Serialization.asYaml(pod));
      Stream.concat(
              pod.getStatus().getInitContainerStatuses().stream(),
              pod.getStatus().getContainerStatuses().stream())
          .forEach(status -> logs(folder, where, name, status));
    }
  }

  private void logs(Path folder, String where, String pod, ContainerStatus status) {
    var container = client.pods().inNamespace(where).withName(pod).inContainer(status.getName());
    write(folder, pod + "." + status.getName() + ".log", container::getLog);
    if (status.getRestartCount() > 0) {
      write(
          folder,
          pod + "." + status.getName() + ".before.log",
          () -> container.terminated().getLog());
    }
  }

  /** One thing that cannot be had must not hide the others. */
  @SuppressWarnings("CatchingUnchecked")
  private static void write(Path folder, String file, Supplier<String> content) {
    String text;
    try {
      text = content.get();
    } catch (RuntimeException e) {
      text = "not to be had: " + e + "\n";
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
