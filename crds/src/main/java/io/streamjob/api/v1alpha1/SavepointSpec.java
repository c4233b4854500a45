package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What to save, in which format, and what deleting the resource does to the files. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SavepointSpec(
    @JsonPropertyDescription("Where the savepoint comes from. It cannot be changed.")
        @Required
        @ValidationRule(
            value = "self == oldSelf",
            message = "spec.source: cannot be changed: create another Savepoint")
        Source source,
    @JsonPropertyDescription(
            "Canonical (default): supports every change of the job, its state backend included."
                + " Native: the backend's own format, quicker for large state. It cannot be"
                + " changed.")
        @Default("Canonical")
        @ValidationRule(
            value = "self == oldSelf",
            message = "spec.format: cannot be changed: create another Savepoint")
        SavepointFormat format,
    @JsonPropertyDescription(
            "What deleting this resource does to the files: Retain (default) leaves them, Delete"
                + " removes them from the storage.")
        @Default("Retain")
        DeletionPolicy deletionPolicy) {

  /** Kinds of sources. */
  public enum SourceType {
    Job
  }

  /** What deleting the resource does to the files. */
  public enum DeletionPolicy {
    Retain,
    Delete
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "self.type != 'Job' || has(self.job)",
      message = "spec.source.job: name the StreamJob to take the savepoint of")
  public record Source(
      @JsonPropertyDescription("Job: take a savepoint of a StreamJob of the same namespace.")
          @Required
          SourceType type,
      @JsonPropertyDescription("The job to take the savepoint of.") JobSource job) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record JobSource(
      @JsonPropertyDescription("The StreamJob's name, in the same namespace.")
          @Required
          @Size(min = 1, max = 40)
          String name,
      @JsonPropertyDescription(
              "Set by the operator on the savepoints that an upgrade, a suspension or a deletion"
                  + " takes. Leave it out.")
          Attempt attempt) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Attempt(
      @JsonPropertyDescription("What the savepoint is taken for: Upgrade, Suspend or Delete.")
          @Required
          AttemptOrigin origin,
      @JsonPropertyDescription("Flink's trigger id, and the name of the attempt's folder.")
          @Required
          @Pattern("^[0-9a-f]{32}$")
          String operationId,
      @JsonPropertyDescription("Flink's id of the job that is stopped.")
          @Required
          @Pattern("^[0-9a-f]{32}$")
          String jobId,
      @JsonPropertyDescription("The storage profile of the job.") @Required @Size(max = 63)
          String profile) {}

  /** What the operator takes savepoints for. */
  public enum AttemptOrigin {
    Upgrade,
    Suspend,
    Delete
  }
}
