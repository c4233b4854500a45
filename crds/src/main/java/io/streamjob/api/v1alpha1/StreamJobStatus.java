package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What the operator knows and did. Written by the operator alone. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StreamJobStatus(
    @JsonPropertyDescription("The newest generation of the spec that the operator has acted on.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready, Reconciling and Stalled (as kstatus, Flux and Argo CD read them), JobRunning,"
                + " UpToDate and RolledBack.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("The parallelism of the running job, for the scale subresource.")
        @StatusReplicas
        Integer replicas,
    @JsonPropertyDescription("The TaskManager pods of the job, as a label selector.")
        @LabelSelector
        @Size(max = 512)
        String selector,
    @JsonPropertyDescription("The job that runs, or ran last.") Running running,
    @JsonPropertyDescription("The state that the running job was started from.")
        RestorePoint restoredFrom,
    @JsonPropertyDescription(
            "The state that the next start would use; absent once the running job has completed a"
                + " checkpoint, because a stop then takes a new savepoint.")
        RestorePoint nextRestore,
    @JsonPropertyDescription("The change in progress; absent when there is none.") Upgrade upgrade,
    @JsonPropertyDescription("The last changes, newest first, at most 10.") @Size(max = 10)
        List<HistoryEntry> history,
    @JsonPropertyDescription(
            "The operator's own record of what it is doing. Opaque, versioned, at most 16 KiB: do"
                + " not edit it.")
        @Size(max = 16384)
        String machine) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Running(
      @JsonPropertyDescription("The number of the revision.") Integer revision,
      @JsonPropertyDescription("The revision's image.") @Size(max = 512) String image,
      @JsonPropertyDescription("The generation of the spec that the revision was made from.")
          Long generation,
      @JsonPropertyDescription("Flink's id of the job.") @Size(max = 32) String jobId,
      @JsonPropertyDescription("Flink's state of the job, such as RUNNING or FINISHED.")
          @Size(max = 32)
          String state,
      @JsonPropertyDescription("When the job was submitted, as an RFC 3339 time.") @Size(max = 40)
          String started,
      @JsonPropertyDescription(
              "The Service of Flink's web interface, on port 8081: deploy/ui opens it.")
          @Size(max = 63)
          String service) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RestorePoint(
      @JsonPropertyDescription("The snapshot's folder.") @Size(max = 1024) String location,
      @JsonPropertyDescription("The Savepoint resource that stands for it, if there is one.")
          @Size(max = 253)
          String savepoint,
      @JsonPropertyDescription("Why this one.") @Size(max = 512) String why) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Upgrade(
      @JsonPropertyDescription("What is being done: Create, Upgrade, Suspend, Resume and so on.")
          @Size(max = 32)
          String plan,
      @JsonPropertyDescription("The plan's steps, in order.") @Size(max = 16)
          List<@Size(max = 64) String> steps,
      @JsonPropertyDescription("The step in progress.") @Size(max = 64) String step,
      @JsonPropertyDescription("How often this step was begun, from 1.") Integer attempt,
      @JsonPropertyDescription("When this step was begun, as an RFC 3339 time.") @Size(max = 40)
          String since) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HistoryEntry(
      @JsonPropertyDescription("What was done.") @Size(max = 32) String plan,
      @JsonPropertyDescription("The generation of the spec that asked for it.") Long generation,
      @JsonPropertyDescription("Done, or the reason why it was given up.") @Size(max = 64)
          String outcome,
      @JsonPropertyDescription("The image that it was about.") @Size(max = 512) String image,
      @JsonPropertyDescription("When it ended, as an RFC 3339 time.") @Size(max = 40)
          String ended) {}
}
