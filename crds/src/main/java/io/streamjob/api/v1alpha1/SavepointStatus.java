package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the operator knows of a savepoint. Written by the operator alone. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SavepointStatus(
    @JsonPropertyDescription("The newest generation of the spec that the operator has acted on.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready (complete and verified), Reconciling, Stalled (it failed for good).")
        @Size(max = 8)
        List<Condition> conditions,
    @JsonPropertyDescription("The savepoint's folder.") @Size(max = 1024) String location,
    @JsonPropertyDescription("What it was taken for: User, Upgrade, Suspend or Delete.")
        @Size(max = 16)
        String origin,
    @JsonPropertyDescription("The storage profile that it lies in.") @Size(max = 63) String profile,
    @JsonPropertyDescription("Flink's number of the checkpoint behind it.") Long checkpointId,
    @JsonPropertyDescription("The version of Flink's _metadata format.") Integer metadataVersion,
    @JsonPropertyDescription("The size of all its files, for people.") @Size(max = 16) String size,
    @JsonPropertyDescription("The size of all its files, in bytes.") Long sizeBytes,
    @JsonPropertyDescription("How many files it has.") Integer files,
    @JsonPropertyDescription("From the trigger to the verified savepoint, in milliseconds.")
        Long durationMillis,
    @JsonPropertyDescription("When it was complete and verified, as an RFC 3339 time.")
        @Size(max = 40)
        String completed,
    @JsonPropertyDescription("The job's operators in it, at most 200.") @Size(max = 200)
        List<Operator> operators,
    @JsonPropertyDescription(
            "The operator's own record of what it is doing. Opaque, versioned, at most 4 KiB: do"
                + " not edit it.")
        @Size(max = 4096)
        String machine) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Operator(
      @JsonPropertyDescription("Flink's id of the operator.") @Size(max = 32) String id,
      @JsonPropertyDescription("The uid that the job's author gave it.") @Size(max = 256)
          String uid,
      @JsonPropertyDescription("Its name.") @Size(max = 256) String name,
      @JsonPropertyDescription("Its parallelism when the savepoint was taken.") Integer parallelism,
      @JsonPropertyDescription("Its maximum parallelism, which a restore must keep.")
          Integer maxParallelism,
      @JsonPropertyDescription("The size of its state, in bytes.") Long sizeBytes) {}
}
