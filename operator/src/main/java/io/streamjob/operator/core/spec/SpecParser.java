package io.streamjob.operator.core.spec;

import io.fabric8.kubernetes.api.model.Quantity;
import io.streamjob.api.v1alpha1.EngineConfigRules;
import io.streamjob.api.v1alpha1.NameReference;
import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobSpec;
import io.streamjob.api.v1alpha1.StreamJobSpec.DeletionMode;
import io.streamjob.api.v1alpha1.StreamJobSpec.DesiredState;
import io.streamjob.api.v1alpha1.StreamJobSpec.Toggle;
import io.streamjob.api.v1alpha1.StreamJobSpec.UpgradeStrategy;
import io.streamjob.operator.core.spec.Desired.InitialState;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.Desired.RestartPolicy;
import io.streamjob.operator.core.spec.RevisionSpec.Checkpoints;
import io.streamjob.operator.core.spec.RevisionSpec.JobCode;
import io.streamjob.operator.core.spec.RevisionSpec.PodSize;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a StreamJob at the edge, so that nothing behind it meets a missing or malformed value. Most
 * faults never come this far: the CRD's own rules refuse them.
 */
public final class SpecParser {

  private static final PodSize JOB_MANAGER = new PodSize("250m", 1024);
  private static final PodSize TASK_MANAGER = new PodSize("500m", 1536);
  private static final long MEBIBYTE = 1 << 20;
  private static final StreamJobSpec NO_SPEC =
      new StreamJobSpec(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null);

  private final Map<String, StorageProfile> profiles;

  /**
   * @param profiles the storage profiles that the administrator set up, by name
   */
  public SpecParser(Map<String, StorageProfile> profiles) {
    this.profiles = Map.copyOf(profiles);
  }

  /** What the job's spec asks for, or why it asks for nothing that can be done. */
  public ParsedSpec parse(StreamJob job) {
    StreamJobSpec spec = job.getSpec();
    long generation = job.getMetadata().getGeneration();
    if (job.isMarkedForDeletion()) {
      // Whatever is wrong with the spec, it must not keep the job from going.
      return new ParsedSpec.Valid(desired(job, spec == null ? NO_SPEC : spec, generation));
    }
    if (spec == null) {
      return new ParsedSpec.Invalid(generation, "spec: is missing: write at least spec.image");
    }
    return fault(spec, job.getMetadata().getNamespace())
        .<ParsedSpec>map(message -> new ParsedSpec.Invalid(generation, message))
        .orElseGet(() -> new ParsedSpec.Valid(desired(job, spec, generation)));
  }

  private Optional<String> fault(StreamJobSpec spec, String namespace) {
    Optional<String> owned =
        engineConfig(spec).keySet().stream()
            .sorted()
            .flatMap(key -> EngineConfigRules.remedy(key).stream())
            .findFirst();
    if (owned.isPresent()) {
      return owned;
    }
    if (!profiles.containsKey(profile(spec))) {
      return Optional.of(
          "spec.storage.profile: there is no profile %s: use one of %s, or ask the operator's administrator"
              .formatted(profile(spec), String.join(", ", new TreeSet<>(profiles.keySet()))));
    }
    return foreignLocation(spec, profiles.get(profile(spec)).namespaceFolder(namespace));
  }

  /** A namespace starts from its own state alone: the bucket may be shared with others. */
  private static Optional<String> foreignLocation(StreamJobSpec spec, String folder) {
    return initialState(spec)
        .filter(InitialState.OfLocation.class::isInstance)
        .map(state -> ((InitialState.OfLocation) state).location())
        .filter(location -> !isBelow(location, folder))
        .map(location ->
            "spec.initialState.from.location: %s does not lie below %s/: copy the snapshot there"
                .formatted(location, folder));
  }

  private static boolean isBelow(String location, String folder) {
    return location.startsWith(folder + "/")
        && Arrays.stream(location.substring(folder.length() + 1).split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))
        && location.indexOf('%') < 0;
  }

  private static Desired desired(StreamJob job, StreamJobSpec spec, long generation) {
    return new Desired(
        generation,
        lifecycle(job, spec),
        revision(spec),
        initialState(spec),
        spec.savepoints() == null
            ? SavepointFormat.Canonical
            : or(spec.savepoints().format(), SavepointFormat.Canonical),
        spec.onDelete() != DeletionMode.Cancel,
        spec.upgrade() == null
            ? UpgradeStrategy.Standby
            : or(spec.upgrade().strategy(), UpgradeStrategy.Standby),
        onFailure(spec.onFailure()));
  }

  private static Optional<RestartPolicy> onFailure(StreamJobSpec.@Nullable OnFailure spec) {
    return Optional.ofNullable(spec)
        .filter(given -> given.action() == StreamJobSpec.FailureAction.Restart)
        .map(given ->
            new RestartPolicy(or(given.restarts(), 3), duration(or(given.within(), "1h"))));
  }

  private static Lifecycle lifecycle(StreamJob job, StreamJobSpec spec) {
    if (job.isMarkedForDeletion()) {
      return Lifecycle.DELETED;
    }
    return spec.state() == DesiredState.Suspended ? Lifecycle.SUSPENDED : Lifecycle.RUNNING;
  }

  private static RevisionSpec revision(StreamJobSpec spec) {
    var taskManager = Optional.ofNullable(spec.taskManager());
    return new RevisionSpec(
        or(spec.image(), ""),
        Optional.ofNullable(spec.imagePullPolicy()),
        or(spec.imagePullSecrets(), List.<NameReference>of()).stream()
            .map(NameReference::name)
            .toList(),
        new TreeMap<>(engineConfig(spec)),
        jobCode(spec),
        or(spec.parallelism(), 1),
        Optional.ofNullable(spec.maxParallelism()),
        Optional.ofNullable(spec.jobManager())
            .map(manager -> podSize(manager.resources(), JOB_MANAGER))
            .orElse(JOB_MANAGER),
        taskManager.map(manager -> podSize(manager.resources(), TASK_MANAGER)).orElse(TASK_MANAGER),
        taskManager.map(StreamJobSpec.TaskManager::taskSlots).orElse(1),
        or(spec.stateBackend(), StreamJobSpec.StateBackend.hashmap),
        profile(spec),
        checkpoints(spec.checkpoints()),
        Optional.ofNullable(spec.restartToken()));
  }

  private static Map<String, String> engineConfig(StreamJobSpec spec) {
    return spec.engine() == null ? Map.of() : or(spec.engine().config(), Map.of());
  }

  private static JobCode jobCode(StreamJobSpec spec) {
    StreamJobSpec.JobCode code = spec.job();
    return code == null
        ? new JobCode(Optional.empty(), Optional.empty(), List.of())
        : new JobCode(
            Optional.ofNullable(code.jar()),
            Optional.ofNullable(code.entryClass()),
            or(code.args(), List.of()));
  }

  private static PodSize podSize(StreamJobSpec.@Nullable Resources resources, PodSize fallback) {
    if (resources == null) {
      return fallback;
    }
    return new PodSize(
        or(resources.cpu(), fallback.cpu()),
        resources.memory() == null
            ? fallback.memoryMebibytes()
            : Quantity.getAmountInBytes(new Quantity(resources.memory())).longValue() / MEBIBYTE);
  }

  private static String profile(StreamJobSpec spec) {
    return spec.storage() == null ? "default" : or(spec.storage().profile(), "default");
  }

  private static Checkpoints checkpoints(StreamJobSpec.@Nullable Checkpoints given) {
    var spec =
        given == null ? new StreamJobSpec.Checkpoints(null, null, null, null, null, null) : given;
    return new Checkpoints(
        duration(or(spec.interval(), "10s")),
        duration(or(spec.timeout(), "10m")),
        or(spec.mode(), StreamJobSpec.CheckpointMode.ExactlyOnce),
        spec.unaligned() == Toggle.Enabled,
        spec.incremental() != Toggle.Disabled,
        or(spec.retained(), 2));
  }

  private static Optional<InitialState> initialState(StreamJobSpec spec) {
    return Optional.ofNullable(spec.initialState())
        .map(StreamJobSpec.InitialState::from)
        .map(SpecParser::initialState);
  }

  private static InitialState initialState(StreamJobSpec.InitialStateSource from) {
    if (from.empty() != null) {
      return new InitialState.Empty();
    }
    return from.savepointRef() == null
        ? new InitialState.OfLocation(from.location())
        : new InitialState.OfSavepoint(from.savepointRef().name());
  }

  /** Reads what {@link io.streamjob.api.v1alpha1.Durations#PATTERN} lets through. */
  static Duration duration(String text) {
    String unit = text.replaceAll("[0-9]", "");
    long amount = Long.parseLong(text.substring(0, text.length() - unit.length()));
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> throw new IllegalArgumentException("not a duration: " + text);
    };
  }

  private static <T> T or(@Nullable T value, T fallback) {
    return value == null ? fallback : value;
  }
}
