package io.streamjob.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.Golden;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about the metrics says what there is. */
class MetricsPageTest {

  private static final String HEAD =
      """
      # Metrics

      Generated from `telemetry/Metric.java`; a test compares them. `mvn -pl operator test -Dtest=MetricsPageTest -Dgolden.rewrite=true` writes the page anew.

      Each replica serves them at `/metrics` on port 8080 (`metrics`) in Prometheus' text format. To read them costs no call to Flink or to the API
      server. Times are in seconds; `_max` is the longest of the last 2 minutes. A label takes the listed values and `other`, nothing else; only the
      series of single jobs carry a namespace and a name, and they go when the job goes. The process's own meters (`jvm_memory_*`, `jvm_threads_*`,
      `jvm_gc_*`, `process_cpu_*`, `system_*`) are Micrometer's.

      """;

  @Test
  void saysWhatThereIs() {
    String page =
        HEAD + Stream.of(Metric.values()).map(MetricsPageTest::entry).collect(Collectors.joining());
    Golden.docs().check("metrics.md", page.stripTrailing() + "\n");
  }

  private static String entry(Metric metric) {
    String labels =
        metric.labels().stream().map(MetricsPageTest::label).collect(Collectors.joining());
    return "## `%s`\n\n%s: %s\n\n%s\n\n%s%s"
        .formatted(
            metric.id().replace('.', '_'),
            word(metric),
            metric.series().stream().map("`%s`"::formatted).collect(Collectors.joining(", ")),
            metric.description(),
            labels,
            labels.isEmpty() ? "" : "\n");
  }

  private static String word(Metric metric) {
    String word = metric.kind().label();
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static String label(Label label) {
    return "- `%s`: %s\n"
        .formatted(label.name(), label.isOfJob() ? "the job's" : String.join(", ", label.values()));
  }

  @Test
  void describesEachInSentences() {
    assertThat(Metric.values())
        .allSatisfy(metric -> assertThat(metric.description()).isNotBlank().endsWith("."));
  }
}
