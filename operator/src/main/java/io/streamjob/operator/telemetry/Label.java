package io.streamjob.operator.telemetry;

import java.util.List;

/**
 * A label of a {@link Metric}. A value that is not on the list shows as {@value #OTHER}, so that no
 * label ever takes more values than its list has, whoever chooses them.
 *
 * @param values all that it may be; empty for the namespace and the name of a job
 */
record Label(String name, List<String> values) {

  static final String OTHER = "other";

  Label {
    values = List.copyOf(values);
  }

  static Label of(String name, String... values) {
    return new Label(name, List.of(values));
  }

  /** The namespace or the name of a job; such a series goes when the job goes. */
  static Label ofJob(String name) {
    return new Label(name, List.of());
  }

  boolean isOfJob() {
    return values.isEmpty();
  }

  String bounded(String value) {
    return isOfJob() || values.contains(value) ? value : OTHER;
  }
}
