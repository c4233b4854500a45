package io.streamjob.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Telemetry;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Counts and times the writes to the API server. */
public final class MeteredCluster implements Cluster {

  private final Cluster cluster;
  private final Telemetry telemetry;

  public MeteredCluster(Cluster cluster, Telemetry telemetry) {
    this.cluster = cluster;
    this.telemetry = telemetry;
  }

  @Override
  public void createIfAbsent(HasMetadata object) {
    run("create", () -> cluster.createIfAbsent(object));
  }

  @Override
  public void editData(String namespace, String name, UnaryOperator<Map<String, String>> edit) {
    run("edit", () -> cluster.editData(namespace, name, edit));
  }

  @Override
  public void delete(HasMetadata object) {
    run("delete", () -> cluster.delete(object));
  }

  @Override
  public void putFinalizers(HasMetadata object, List<String> finalizers) {
    run("finalizers", () -> cluster.putFinalizers(object, finalizers));
  }

  @Override
  public <T extends HasMetadata> T putStatus(T object) {
    return timed("status", () -> cluster.putStatus(object), written -> Metric.DONE);
  }

  @Override
  public boolean event(HasMetadata about, String reason, String message, boolean isWarning) {
    return timed(
        "event",
        () -> cluster.event(about, reason, message, isWarning),
        isWritten -> isWritten ? Metric.DONE : Metric.FAILED);
  }

  @Override
  public <T extends HasMetadata> Optional<T> fresh(T object) {
    return cluster.fresh(object);
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> type, String namespace) {
    return cluster.list(type, namespace);
  }

  @Override
  public boolean isTerminating(String namespace) {
    return cluster.isTerminating(namespace);
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return cluster.secret(namespace, name);
  }

  private void run(String operation, Runnable write) {
    timed(
        operation,
        () -> {
          write.run();
          return operation;
        },
        written -> Metric.DONE);
  }

  private <T> T timed(String operation, Supplier<T> write, Function<T, String> outcome) {
    long began = System.nanoTime();
    try {
      T written = write.get();
      told(operation, began, outcome.apply(written));
      return written;
    } catch (RuntimeException e) {
      told(operation, began, outcome(e));
      throw e;
    }
  }

  private void told(String operation, long began, String outcome) {
    telemetry.time(
        Metric.KUBERNETES_WRITES, Duration.ofNanos(System.nanoTime() - began), operation, outcome);
  }

  private static String outcome(RuntimeException failure) {
    return switch (failure) {
      case RefusedException refused -> "refused";
      case KubernetesClientException e when e.getCode() == HttpURLConnection.HTTP_CONFLICT ->
          "conflict";
      default -> Metric.FAILED;
    };
  }
}
