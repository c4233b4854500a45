package io.streamjob.operator.manifest;

import io.streamjob.api.v1alpha1.StreamJobSpec.CheckpointMode;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.StorageProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Flink's configuration for one revision: the user's settings, then those that are not theirs. */
final class EngineConfig {

  /** Where the pods may write; everything else is read-only. */
  static final String DATA = "/flink-data";

  /** Packages of the JDK that Flink reaches into; its own default configuration has the list. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.net",
          "java.io",
          "java.nio",
          "sun.nio.ch",
          "java.lang.reflect",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private EngineConfig() {}

  /** {@code config.yaml}, one flat key a line, sorted. */
  static String yaml(
      HighAvailability availability,
      RevisionSpec spec,
      StorageProfile storage,
      Transport transport) {
    Names names = availability.names();
    var settings = new TreeMap<String, String>(defaults());
    settings.putAll(spec.engineConfig());
    settings.putAll(cluster(names, availability.revision(), spec));
    settings.putAll(availability.settings(storage));
    settings.putAll(state(names, spec, storage));
    settings.putAll(s3(storage));
    settings.putAll(transport.settings());
    settings.put("env.java.opts.all", javaOptions(transport));
    return settings.entrySet().stream()
        .map(entry -> key(entry.getKey()) + ": " + quoted(entry.getValue()) + "\n")
        .collect(Collectors.joining());
  }

  /** What a user may set otherwise. */
  private static Map<String, String> defaults() {
    return Map.of(
        "restart-strategy.type", "exponential-delay",
        "restart-strategy.exponential-delay.initial-backoff", "200 ms",
        "restart-strategy.exponential-delay.max-backoff", "1 min",
        // A TaskManager that comes before its JobManager otherwise waits 10 s after a refusal.
        "cluster.registration.error-delay", "200 ms",
        // One lost upload of a checkpoint is no reason to restart the job.
        "execution.checkpointing.tolerable-failed-checkpoints", "10");
  }

  private static String javaOptions(Transport transport) {
    return Stream.concat(
            OPENED.stream().map(name -> "--add-opens=java.base/%s=ALL-UNNAMED".formatted(name)),
            transport.javaOptions().stream())
        .collect(Collectors.joining(" "));
  }

  private static Map<String, String> cluster(Names names, int revision, RevisionSpec spec) {
    var settings = new TreeMap<String, String>();
    settings.put("jobmanager.rpc.address", names.service(revision));
    settings.put("jobmanager.rpc.port", "6123");
    settings.put("jobmanager.bind-host", "0.0.0.0");
    settings.put("blob.server.port", "6124");
    settings.put("taskmanager.bind-host", "0.0.0.0");
    settings.put("rest.address", names.service(revision));
    settings.put("rest.bind-address", "0.0.0.0");
    settings.put("rest.port", String.valueOf(Names.REST_PORT));
    settings.put("web.upload.dir", DATA + "/upload");
    // Otherwise /jobs/:id is up to 3 s stale.
    settings.put("web.refresh-interval", "50 ms");
    settings.put("io.tmp.dirs", DATA + "/tmp");
    settings.put("web.tmpdir", DATA + "/tmp");
    settings.put("cluster.intercept-user-system-exit", "THROW");
    // A job that the JobManager forgets looks like one that was lost, and would run again.
    settings.put("jobstore.expiration-time", "86400");
    settings.put("jobmanager.memory.process.size", spec.jobManager().memoryMebibytes() + "m");
    settings.put("taskmanager.memory.process.size", spec.taskManager().memoryMebibytes() + "m");
    settings.put("taskmanager.numberOfTaskSlots", String.valueOf(spec.taskSlots()));
    settings.put("parallelism.default", String.valueOf(spec.parallelism()));
    spec.maxParallelism()
        .ifPresent(max -> settings.put("pipeline.max-parallelism", String.valueOf(max)));
    return settings;
  }

  private static SortedMap<String, String> state(
      Names names, RevisionSpec spec, StorageProfile storage) {
    RevisionSpec.Checkpoints checkpoints = spec.checkpoints();
    var settings = new TreeMap<String, String>();
    settings.put("state.backend.type", spec.stateBackend().name());
    settings.put("execution.checkpointing.storage", "filesystem");
    settings.put(
        "execution.checkpointing.dir", storage.checkpointFolder(names.namespace(), names.job()));
    settings.put("execution.checkpointing.interval", millis(checkpoints.interval()));
    settings.put("execution.checkpointing.timeout", millis(checkpoints.timeout()));
    settings.put(
        "execution.checkpointing.mode",
        checkpoints.mode() == CheckpointMode.ExactlyOnce ? "EXACTLY_ONCE" : "AT_LEAST_ONCE");
    settings.put(
        "execution.checkpointing.unaligned.enabled", String.valueOf(checkpoints.unaligned()));
    settings.put("execution.checkpointing.incremental", String.valueOf(checkpoints.incremental()));
    settings.put("execution.checkpointing.num-retained", String.valueOf(checkpoints.retained()));
    // A job that ends in any other way than by a savepoint leaves its checkpoint behind.
    settings.put(
        "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    return settings;
  }

  private static Map<String, String> s3(StorageProfile storage) {
    var settings = new TreeMap<String, String>();
    storage.endpoint().ifPresent(uri -> settings.put("s3.endpoint", uri.toString()));
    settings.put("s3.endpoint.region", storage.region());
    settings.put(
        "s3.path.style.access",
        String.valueOf(storage.addressing() == StorageProfile.Addressing.PathStyle));
    return settings;
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + " ms";
  }

  /** Keys come from users too: one that is not plain must not become two. */
  private static String key(String key) {
    return PLAIN_KEY.matcher(key).matches() ? key : quoted(key);
  }

  /** A double-quoted YAML scalar. */
  private static String quoted(String value) {
    var text = new StringBuilder("\"");
    value.codePoints().forEach(c -> text.append(escaped(c)));
    return text.append('"').toString();
  }

  private static String escaped(int codePoint) {
    if (codePoint == '"' || codePoint == '\\') {
      return "\\" + Character.toString(codePoint);
    }
    boolean isPlain = codePoint >= ' ' && codePoint <= '~';
    return isPlain ? Character.toString(codePoint) : "\\U%08X".formatted(codePoint);
  }
}
