package io.streamjob.operator.telemetry;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * What the lines of the log are about, written down beside each of them: {@code namespace}, {@code
 * job} or {@code savepoint}, {@code generation}, {@code plan}, {@code step}, {@code revision}.
 */
public final class LogFields {

  private LogFields() {}

  /** Does the work, whose lines have these fields besides those that they have already. */
  public static <T> T during(Map<String, String> fields, Supplier<T> work) {
    Map<String, String> before = current();
    fields.forEach(MDC::put);
    try {
      return work.get();
    } finally {
      MDC.setContextMap(before);
    }
  }

  /** The same for work without a result. */
  public static void during(Map<String, String> fields, Runnable work) {
    during(
        fields,
        () -> {
          work.run();
          return fields;
        });
  }

  /** The fields of this thread's lines, to be taken to another thread. */
  public static Map<String, String> current() {
    return Optional.ofNullable(MDC.getCopyOfContextMap()).map(Map::copyOf).orElse(Map.of());
  }
}
