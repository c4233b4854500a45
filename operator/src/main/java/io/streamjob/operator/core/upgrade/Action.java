package io.streamjob.operator.core.upgrade;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.SavepointSpec.AttemptOrigin;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.core.spec.RevisionSpec;
import java.util.Optional;

/** Something to do to the world. Every action may be repeated without harm. */
public sealed interface Action {

  /** Keep a revision's spec and manifests in a ControllerRevision, once. */
  record StoreRevision(int revision, RevisionSpec spec) implements Action {}

  /** Create what is missing of a stored revision's objects. */
  record ApplyRevision(int revision) implements Action {}

  /** Delete every object of a revision but its ControllerRevision. */
  record DeleteRevision(int revision) implements Action {}

  /** Delete the ControllerRevision of a revision that nothing leads back to. */
  record ForgetRevision(int revision) implements Action {}

  /** Forget the job: nothing of it is left to take care of. */
  record Release() implements Action {}

  /** A call that is sent and not waited for; its reply is observed under its key. */
  sealed interface Call extends Action {

    /** Names the call and its reply; contains an operation id. */
    String key();
  }

  /** Create the Savepoint resource that stands for an attempt. */
  record RecordSavepoint(
      String key,
      String operationId,
      String jobId,
      String profile,
      AttemptOrigin origin,
      SavepointFormat format)
      implements Call {}

  /**
   * See whether the storage of a profile can be reached and written, and have the job's folder in
   * it for its own.
   */
  record Claim(String key, String profile, ClaimTerms terms) implements Call {}

  /** See whether an attempt's folder holds a complete snapshot; replies with its location. */
  record FindSnapshot(String key, String operationId, String profile) implements Call {}

  /** See which is the newest complete checkpoint of a run; replies with its location. */
  record FindCheckpoint(String key, String jobId, String profile) implements Call {}

  /**
   * See how a run ended, if its JobManager wrote that down; replies with {@link
   * io.streamjob.operator.core.observed.JobState}'s name, or nothing.
   */
  record FindResult(String key, int revision, String jobId, String profile) implements Call {}

  /** Put aside what a JobManager that starts would bring a job back from. */
  record Park(String key, int revision, String jobId) implements Call {}

  /** Put back what {@link Park} put aside. */
  record Unpark(String key, int revision, String jobId) implements Call {}

  /**
   * Ask the JobManager for a job's state now; replies with {@link
   * io.streamjob.operator.core.observed.JobState}'s name, or nothing if it does not know the job.
   */
  record LookAtJob(String key, int revision, String jobId) implements Call {}

  /** Stop a job with a savepoint; the operation id is the trigger id and the folder. */
  record StopWithSavepoint(
      String key,
      int revision,
      String jobId,
      String operationId,
      String profile,
      SavepointFormat format)
      implements Call {}

  /** Submit a revision's job under an id of our choosing. */
  record SubmitJob(String key, int revision, String jobId, RevisionSpec spec, Optional<String> from)
      implements Call {}

  /** Take a checkpoint now rather than at the next interval. */
  record TriggerCheckpoint(String key, int revision, String jobId, String operationId)
      implements Call {}

  /** Remove what the high availability of a cluster that is gone has left in the storage. */
  record ForgetCluster(String key, int revision, String profile) implements Call {}

  /** End a job without a savepoint. */
  record CancelJob(String key, int revision, String jobId) implements Call {}
}
