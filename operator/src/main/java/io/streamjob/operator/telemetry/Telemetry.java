package io.streamjob.operator.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The meters of one operator. Only {@link Metric} says what there is; label values come in the
 * order of the metric's labels. To read them costs no call to anybody.
 */
public final class Telemetry implements AutoCloseable {

  /** Where the histograms of seconds have their bounds. */
  private static final Duration[] BOUNDS =
      List.of(1, 2, 3, 5, 8, 12, 20, 30, 60, 120, 300, 600).stream()
          .map(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<AutoCloseable> closeables = new CopyOnWriteArrayList<>();

  /** Adds one to a counter. */
  public void count(Metric metric, String... values) {
    Counter.builder(metric.id())
        .description(metric.description())
        .tags(tags(metric, values))
        .register(registry)
        .increment();
  }

  /** Adds to a timer; what took less than nothing, by clocks that disagree, took no time. */
  public void time(Metric metric, Duration duration, String... values) {
    timer(metric, values).record(duration.isNegative() ? Duration.ZERO : duration);
  }

  private Timer timer(Metric metric, String... values) {
    Timer.Builder timer =
        Timer.builder(metric.id()).description(metric.description()).tags(tags(metric, values));
    if (metric.kind() == Metric.Kind.HISTOGRAM) {
      timer.serviceLevelObjectives(BOUNDS);
    }
    return timer.register(registry);
  }

  /** Has a gauge read {@code value} from now on whenever somebody looks; it must not block. */
  public void gauge(Metric metric, DoubleSupplier value, String... values) {
    Gauge.builder(metric.id(), value::getAsDouble)
        .description(metric.description())
        .tags(tags(metric, values))
        .register(registry);
  }

  /** Removes a meter with these label values, if there is one. */
  void remove(Metric metric, String... values) {
    Iterable<Tag> tags = tags(metric, values);
    registry.find(metric.id()).tags(tags).meters().forEach(registry::remove);
  }

  /**
   * Times a call whose metric has the labels operation and outcome.
   *
   * @param outcome what to call a failure
   */
  public <T> CompletableFuture<T> call(
      Metric metric,
      String operation,
      Supplier<CompletableFuture<T>> call,
      Function<Throwable, String> outcome) {
    long began = System.nanoTime();
    return call.get()
        .whenComplete((result, failure) ->
            time(
                metric,
                Duration.ofNanos(System.nanoTime() - began),
                operation,
                failure == null ? Metric.DONE : outcome.apply(failure)));
  }

  private static List<Tag> tags(Metric metric, String... values) {
    List<Label> labels = metric.labels();
    if (labels.size() != values.length) {
      throw new IllegalArgumentException(metric + " has the labels " + labels);
    }
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(labels.get(i).name(), labels.get(i).bounded(values[i])));
    }
    return tags;
  }

  /** Adds the process's own meters, once: heap, threads, garbage collection, processor time. */
  public void watchProcess() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    var garbage = new JvmGcMetrics();
    garbage.bindTo(registry);
    closeables.add(garbage);
  }

  /** Everything, as Prometheus reads it. */
  public String scrape() {
    return registry.scrape();
  }

  List<Meter> meters() {
    return registry.getMeters();
  }

  @Override
  public void close() {
    for (AutoCloseable closeable : closeables) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing a meter does nothing that can fail", e);
      }
    }
    registry.close();
  }
}
