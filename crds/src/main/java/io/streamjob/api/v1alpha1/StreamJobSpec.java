package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/** What the user wants of a job. Only {@code image} is needed. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.maxParallelism) || self.parallelism <= self.maxParallelism",
    message =
        "spec.parallelism: must not be above spec.maxParallelism: lower it, or create the job anew"
            + " with a higher maximum")
@ValidationRule(
    value =
        "has(oldSelf.maxParallelism) == has(self.maxParallelism) && (!has(self.maxParallelism) ||"
            + " self.maxParallelism == oldSelf.maxParallelism)",
    message =
        "spec.maxParallelism: is fixed for the life of the job's state: put the former value back,"
            + " or create a new StreamJob")
@ValidationRule(
    value =
        "(has(self.storage) ? self.storage.profile : 'default') =="
            + " (has(oldSelf.storage) ? oldSelf.storage.profile : 'default')",
    message =
        "spec.storage.profile: cannot be changed while the job exists: create a new StreamJob with"
            + " initialState.from.location")
@ValidationRule(
    value =
        "self.stateBackend == oldSelf.stateBackend || !has(self.savepoints) ||"
            + " self.savepoints.format != 'Native'",
    message =
        "spec.stateBackend: a native savepoint cannot carry state to another backend: set"
            + " spec.savepoints.format to Canonical for this change")
public record StreamJobSpec(
    @JsonPropertyDescription(
            "The job's image: Flink with the S3 file system plugin, and the job's jar in"
                + " /opt/flink/usrlib. A change upgrades the job through a savepoint. Example:"
                + " registry.example.com/orders:1.4")
        @Required
        @Size(min = 1, max = 512)
        String image,
    @JsonPropertyDescription(
            "When the kubelet pulls the image. Default: as Kubernetes does, Always for the tag"
                + " latest and IfNotPresent otherwise.")
        ImagePullPolicy imagePullPolicy,
    @JsonPropertyDescription(
            "Secrets of the job's namespace with the registry's credentials, by name.")
        @Size(max = 8)
        List<NameReference> imagePullSecrets,
    @JsonPropertyDescription("Settings of the Flink engine.") Engine engine,
    @JsonPropertyDescription(
            "Which jar of the image to run, and how. Default: the only jar in /opt/flink/usrlib,"
                + " with the main class that its manifest names.")
        JobCode job,
    @JsonPropertyDescription(
            "How many parallel subtasks each operator has, 1 to 32768. A change rescales the job"
                + " through a savepoint. kubectl scale changes this field.")
        @Default("1")
        @Min(1)
        @Max(32768)
        @SpecReplicas
        Integer parallelism,
    @JsonPropertyDescription(
            "The highest parallelism that the job's keyed state can ever be rescaled to, 1 to"
                + " 32768. Fixed for the life of the state. Default: Flink derives it from the"
                + " first parallelism (at least 128).")
        @Min(1)
        @Max(32768)
        Integer maxParallelism,
    @JsonPropertyDescription(
            "Running (default), or Suspended: the job is stopped with a savepoint, which is kept"
                + " and resumed from.")
        @Default("Running")
        DesiredState state,
    @JsonPropertyDescription("The pod that coordinates the job.") JobManager jobManager,
    @JsonPropertyDescription(
            "The pods that process the data. Their number follows from parallelism and taskSlots.")
        TaskManager taskManager,
    @JsonPropertyDescription(
            "Where the job keeps its working state: hashmap (default) on the heap, rocksdb on local"
                + " disk for state larger than memory. It cannot be changed while the job has"
                + " state unless savepoints.format is Canonical.")
        @Default("hashmap")
        StateBackend stateBackend,
    @JsonPropertyDescription("Where checkpoints and savepoints are kept.") Storage storage,
    @JsonPropertyDescription(
            "Periodic checkpoints, taken by the job's own pods and owned by Flink: what the job"
                + " falls back to after a failure.")
        Checkpoints checkpoints,
    @JsonPropertyDescription("The savepoints that upgrades, suspensions and deletions take.")
        Savepoints savepoints,
    @JsonPropertyDescription(
            "The state that a new job starts from. Default: empty, unless the job's folder in the"
                + " storage belongs to another StreamJob, an earlier one of the same name included,"
                + " or holds a snapshot: then the job does not start (Stalled, StateExists) until"
                + " this field says what is meant, and the folder becomes the job's own with that."
                + " Used once, at the first start; afterwards it may stay in the manifest.")
        InitialState initialState,
    @JsonPropertyDescription("How a new version takes over from the one that runs.")
        Upgrade upgrade,
    @JsonPropertyDescription(
            "What happens when the job fails for good: Flink's own restarts (engine.config,"
                + " restart-strategy.*) are used up.")
        OnFailure onFailure,
    @JsonPropertyDescription(
            "Any change of it, its removal included, restarts the job with its state, as a new"
                + " version does. Any text of at most 64 characters, such as a date. The value that"
                + " a job is created with restarts nothing.")
        @Size(max = 64)
        String restartToken,
    @JsonPropertyDescription(
            "What happens when this resource is deleted: Savepoint (default) takes a last savepoint"
                + " and keeps it; Cancel ends the job without one.")
        @Default("Savepoint")
        DeletionMode onDelete) {

  /** When the kubelet pulls an image. */
  public enum ImagePullPolicy {
    Always,
    IfNotPresent,
    Never
  }

  /** Whether the job should run. */
  public enum DesiredState {
    Running,
    Suspended
  }

  /** Flink's state backends that the operator supports. */
  public enum StateBackend {
    hashmap,
    rocksdb
  }

  /** In what order an old version goes and a new one comes. */
  public enum UpgradeStrategy {
    Standby,
    Recreate
  }

  /** What a job's failure leads to. */
  public enum FailureAction {
    Stall,
    Restart
  }

  /** What deleting the resource does to the job. */
  public enum DeletionMode {
    Savepoint,
    Cancel
  }

  /** On or off, where a boolean could not grow. */
  public enum Toggle {
    Enabled,
    Disabled
  }

  /** Flink's checkpointing modes. */
  public enum CheckpointMode {
    ExactlyOnce,
    AtLeastOnce
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Engine(
      @JsonPropertyDescription(
              "Further Flink settings, key to value, at most 100. Keys that the operator owns"
                  + " (storage, checkpoints, high availability, ports, memory and slots, restore)"
                  + " are refused: use the fields of the spec.")
          @Size(max = 100)
          @ValidationRule(
              value =
                  EngineConfigRules.NONE_OF + EngineConfigRules.CHECKPOINTS + EngineConfigRules.END,
              message = EngineConfigRules.CHECKPOINTS_REMEDY)
          @ValidationRule(
              value = EngineConfigRules.NONE_OF + EngineConfigRules.STORAGE + EngineConfigRules.END,
              message = EngineConfigRules.STORAGE_REMEDY)
          @ValidationRule(
              value = EngineConfigRules.NONE_OF + EngineConfigRules.BACKEND + EngineConfigRules.END,
              message = EngineConfigRules.BACKEND_REMEDY)
          @ValidationRule(
              value = EngineConfigRules.NONE_OF + EngineConfigRules.RESTORE + EngineConfigRules.END,
              message = EngineConfigRules.RESTORE_REMEDY)
          @ValidationRule(
              value = EngineConfigRules.NONE_OF + EngineConfigRules.SIZE + EngineConfigRules.END,
              message = EngineConfigRules.SIZE_REMEDY)
          @ValidationRule(
              value = EngineConfigRules.NONE_OF + EngineConfigRules.CLUSTER + EngineConfigRules.END,
              message = EngineConfigRules.CLUSTER_REMEDY)
          Map<String, @Size(max = 1024) String> config) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record JobCode(
      @JsonPropertyDescription(
              "The jar's path inside the image. Default: the only jar in /opt/flink/usrlib; more"
                  + " than one is an error that lists them.")
          @Pattern("^/[A-Za-z0-9._/-]+\\.jar$")
          @Size(max = 512)
          String jar,
      @JsonPropertyDescription(
              "The class whose main() builds the job. Default: the Main-Class, or program-class, of"
                  + " the jar's manifest.")
          @Pattern("^[A-Za-z_$][A-Za-z0-9_$.]*$")
          @Size(max = 512)
          String entryClass,
      @JsonPropertyDescription("Arguments of main(), at most 64.") @Size(max = 64)
          List<@Size(max = 4096) String> args) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record JobManager(
      @JsonPropertyDescription(
              "CPU and memory of the JobManager. Default: 250m and 1Gi. Memory is request and limit"
                  + " at once, and Flink's process size.")
          Resources resources) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record TaskManager(
      @JsonPropertyDescription(
              "CPU and memory of each TaskManager. Default: 500m and 1536Mi. Memory is request and"
                  + " limit at once, and Flink's process size.")
          Resources resources,
      @JsonPropertyDescription(
              "How many parallel subtasks of the job one TaskManager takes, 1 to 64. Default: 1.")
          @Min(1)
          @Max(64)
          @Default("1")
          Integer taskSlots) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Resources(
      @JsonPropertyDescription(
              "CPU that the scheduler reserves, as a Kubernetes quantity. The pod may use more when"
                  + " the node has it. Example: 500m")
          @Pattern("^([0-9]{1,4}(\\.[0-9]{1,3})?|[0-9]{1,6}m)$")
          String cpu,
      @JsonPropertyDescription(
              "Memory, in Mi or Gi; at least 600Mi, or Flink has no room for its heap. Example: 2Gi")
          @Pattern("^[1-9][0-9]{0,5}(Mi|Gi)$")
          @ValidationRule(
              value = "quantity(self).compareTo(quantity('600Mi')) >= 0",
              message =
                  "spec.jobManager.resources.memory, spec.taskManager.resources.memory: Flink needs"
                      + " at least 600Mi: raise it")
          String memory) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Storage(
      @JsonPropertyDescription(
              "The name of a storage profile of the operator's configuration. The state of this job"
                  + " lies below <profile's uri>/<namespace>/<name>/. It cannot be changed while"
                  + " the job exists. Default: default.")
          @Default("default")
          @Pattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
          String profile) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Checkpoints(
      @JsonPropertyDescription(
              "Time between the starts of two checkpoints, in ms, s, m or h. Default: 10s.")
          @Default("10s")
          @Pattern(Durations.PATTERN)
          String interval,
      @JsonPropertyDescription(
              "A checkpoint that takes longer is given up, in ms, s, m or h. Default: 10m.")
          @Default("10m")
          @Pattern(Durations.PATTERN)
          String timeout,
      @JsonPropertyDescription(
              "ExactlyOnce (default): each record counts once in the state. AtLeastOnce: cheaper,"
                  + " records may count twice after a failure.")
          @Default("ExactlyOnce")
          CheckpointMode mode,
      @JsonPropertyDescription(
              "Unaligned checkpoints overtake records in flight: quicker under backpressure, larger."
                  + " Default: Disabled.")
          @Default("Disabled")
          Toggle unaligned,
      @JsonPropertyDescription(
              "With rocksdb, upload only what changed since the last checkpoint. Default: Enabled.")
          @Default("Enabled")
          Toggle incremental,
      @JsonPropertyDescription("How many completed checkpoints Flink keeps, 1 to 100. Default: 2.")
          @Default("2")
          @Min(1)
          @Max(100)
          Integer retained) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Savepoints(
      @JsonPropertyDescription(
              "Canonical (default): supports every change of the job, its state backend included."
                  + " Native: the backend's own format, quicker for large state.")
          @Default("Canonical")
          SavepointFormat format) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Upgrade(
      @JsonPropertyDescription(
              "Standby (default): the new version's pods stand ready before the old one is stopped:"
                  + " a short gap, and room for both is needed. Recreate: the old version's pods"
                  + " go first, for where there is no room for two; the gap is as long as pods take"
                  + " to start.")
          @Default("Standby")
          UpgradeStrategy strategy) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OnFailure(
      @JsonPropertyDescription(
              "Stall (default): the job stays as it is until its spec changes, and the new version"
                  + " starts from its newest checkpoint. Restart: it starts again from there by"
                  + " itself.")
          @Default("Stall")
          FailureAction action,
      @JsonPropertyDescription(
              "With Restart: how often the job is started again within the time that the field within"
                  + " gives, 1 to 100; then it stalls. A start after a JobManager was lost in the"
                  + " middle of a stop counts too. Default: 3.")
          @Default("3")
          @Min(1)
          @Max(100)
          Integer restarts,
      @JsonPropertyDescription(
              "With Restart: how long restarts are counted from the first of them on, in ms, s, m or"
                  + " h; then the count begins anew. Default: 1h.")
          @Default("1h")
          @Pattern(Durations.PATTERN)
          String within) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record InitialState(
      @JsonPropertyDescription("Exactly one of savepointRef, location and empty.") @Required
          InitialStateSource from) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "(has(self.savepointRef) ? 1 : 0) + (has(self.location) ? 1 : 0) + (has(self.empty) ? 1 :"
              + " 0) == 1",
      message = "spec.initialState.from: name exactly one of savepointRef, location and empty")
  public record InitialStateSource(
      @JsonPropertyDescription(
              "A Savepoint of the same namespace, by name. The job waits until it is complete.")
          NameReference savepointRef,
      @JsonPropertyDescription(
              "The folder of a savepoint or a retained checkpoint, below the storage profile's"
                  + " <uri>/<namespace>/. Example: s3://flink/shop/orders/savepoints/…/savepoint-1")
          @Pattern("^[a-z0-9]+://[^?#]+$")
          @Size(max = 1024)
          String location,
      @JsonPropertyDescription(
              "Start empty on purpose, whatever lies in the job's folder. Nothing is deleted."
                  + " Written as empty: {}")
          Empty empty) {}

  /** Says by being there. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Empty() {}
}
