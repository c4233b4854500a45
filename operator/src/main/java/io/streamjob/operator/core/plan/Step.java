package io.streamjob.operator.core.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.streamjob.api.v1alpha1.SavepointFormat;

/** One step of a plan. Steps name revisions; which run a revision has, the lineage says. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Step.ResolveInitialState.class, name = "ResolveInitialState"),
  @JsonSubTypes.Type(value = Step.ReadResult.class, name = "ReadResult"),
  @JsonSubTypes.Type(value = Step.LocateCheckpoint.class, name = "LocateCheckpoint"),
  @JsonSubTypes.Type(value = Step.Claim.class, name = "Claim"),
  @JsonSubTypes.Type(value = Step.Prepare.class, name = "Prepare"),
  @JsonSubTypes.Type(value = Step.Park.class, name = "Park"),
  @JsonSubTypes.Type(value = Step.Unpark.class, name = "Unpark"),
  @JsonSubTypes.Type(value = Step.TakeSnapshot.class, name = "TakeSnapshot"),
  @JsonSubTypes.Type(value = Step.Cancel.class, name = "Cancel"),
  @JsonSubTypes.Type(value = Step.Fence.class, name = "Fence"),
  @JsonSubTypes.Type(value = Step.Vacate.class, name = "Vacate"),
  @JsonSubTypes.Type(value = Step.ConfirmUncommitted.class, name = "ConfirmUncommitted"),
  @JsonSubTypes.Type(value = Step.Submit.class, name = "Submit"),
  @JsonSubTypes.Type(value = Step.AwaitHealthy.class, name = "AwaitHealthy"),
  @JsonSubTypes.Type(value = Step.Retire.class, name = "Retire")
})
public sealed interface Step {

  /** Find the snapshot that spec.initialState names. */
  record ResolveInitialState() implements Step {}

  /**
   * See whether a run of which nothing is left had come to an end by itself: then its result is in
   * the storage, and there is nothing to bring back, nor to go back from.
   */
  record ReadResult(Run run) implements Step {}

  /** Find the newest complete checkpoint that a run left behind. */
  record LocateCheckpoint(String jobId, Expectation expected) implements Step {}

  /** Whether a checkpoint must be there. */
  enum Expectation {
    /** The run was seen to complete one: without it, state would be lost. */
    CERTAIN,
    /** The run may have completed one unseen. */
    POSSIBLE
  }

  /**
   * Reach the storage of {@code revision}, and see that the job's folder in it is this job's alone,
   * before anything is done.
   */
  record Claim(int revision) implements Step {}

  /** Bring up the cluster of {@code revision}; run nothing on it yet. */
  record Prepare(int revision) implements Step {}

  /**
   * Keep the current run's JobManager from ever bringing it back, however it dies. Until the run is
   * over, or unparked, the operator alone answers for a lost JobManager.
   */
  record Park() implements Step {}

  /** Let the current run's JobManager bring it back again: it is not stopped after all. */
  record Unpark() implements Step {}

  /** Stop the current run with a savepoint of this format. The point of no return. */
  record TakeSnapshot(SavepointFormat format) implements Step {}

  /** End what runs on the cluster of {@code revision}, without a savepoint. */
  record Cancel(int revision) implements Step {}

  /** Go on only when the current run is over and cannot come back. */
  record Fence() implements Step {}

  /**
   * Go back only if a run that is over left no checkpoint, seen or unseen: with its first one its
   * sinks committed output, which to go back behind would write again.
   */
  record ConfirmUncommitted(Run run) implements Step {}

  /** Start the job of {@code revision} from the lineage's restore point, or empty. */
  record Submit(int revision) implements Step {}

  /** Go on only when every task runs and a checkpoint of this run is complete. */
  record AwaitHealthy() implements Step {}

  /** Remove the cluster of {@code revision}. */
  record Retire(int revision) implements Step {}

  /** Make room: remove the cluster of {@code revision}, to which the way back may yet lead. */
  record Vacate(int revision) implements Step {}

  /** The step's name, for people. */
  default String label() {
    return getClass().getSimpleName();
  }
}
