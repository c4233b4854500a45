package io.streamjob.operator.core.spec;

import io.streamjob.api.v1alpha1.StreamJobSpec.CheckpointMode;
import io.streamjob.api.v1alpha1.StreamJobSpec.ImagePullPolicy;
import io.streamjob.api.v1alpha1.StreamJobSpec.StateBackend;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that makes one version of a job: whatever is in here can only change by a new run.
 * Whatever is not (state, onDelete, savepoints, initialState, labels) never restarts a job.
 */
public record RevisionSpec(
    String image,
    Optional<ImagePullPolicy> imagePullPolicy,
    List<String> imagePullSecrets,
    SortedMap<String, String> engineConfig,
    JobCode job,
    int parallelism,
    Optional<Integer> maxParallelism,
    PodSize jobManager,
    PodSize taskManager,
    int taskSlots,
    StateBackend stateBackend,
    String storageProfile,
    Checkpoints checkpoints,
    Optional<String> restartToken) {

  public RevisionSpec {
    imagePullSecrets = List.copyOf(imagePullSecrets);
    engineConfig = Collections.unmodifiableSortedMap(new TreeMap<>(engineConfig));
  }

  /**
   * Which program of the image runs.
   *
   * @param jar path in the image; empty: the only jar in /opt/flink/usrlib
   * @param entryClass empty: as the jar's manifest says
   */
  public record JobCode(Optional<String> jar, Optional<String> entryClass, List<String> args) {

    public JobCode {
      args = List.copyOf(args);
    }
  }

  /**
   * The resources of one pod.
   *
   * @param cpu a Kubernetes quantity, requested
   * @param memoryMebibytes requested, limited, and Flink's process size
   */
  public record PodSize(String cpu, long memoryMebibytes) {}

  /** Periodic checkpoints of the job's own pods. */
  public record Checkpoints(
      Duration interval,
      Duration timeout,
      CheckpointMode mode,
      boolean unaligned,
      boolean incremental,
      int retained) {}

  /** How many TaskManagers give the job its slots. */
  public int taskManagers() {
    return (parallelism + taskSlots - 1) / taskSlots;
  }

  /** A name for this content: equal specs have equal digests, whatever the operator's version. */
  public String digest() {
    return Digests.ofRevision(this);
  }
}
