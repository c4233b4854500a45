package io.streamjob.operator.act;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.flink.FlinkException;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.storage.StorageException;

/** From what an adapter threw to what the core understands. */
final class Failures {

  private Failures() {}

  /** A call to Flink for which a refusal says nothing final. */
  static Problem flink(Throwable failure) {
    return switch (FlinkException.of(failure)) {
      case FlinkException.Unreachable gone ->
          new Problem("JobManagerUnreachable", gone.getMessage(), false);
      case FlinkException.Rejected refused -> new Problem("FlinkRefused", refused.reason(), false);
    };
  }

  /** A submission: a refusal is Flink's last word on this image and this state. */
  static Problem submission(Throwable failure) {
    return switch (FlinkException.of(failure)) {
      case FlinkException.Unreachable gone ->
          new Problem("JobManagerUnreachable", gone.getMessage(), false);
      case FlinkException.Rejected refused ->
          new Problem(
              "SubmissionRefused",
              "Flink refused the job: %s".formatted(refused.reason()),
              !refused.reason().contains("Timeout"));
    };
  }

  /** A call to the storage: somebody may mend it any time. */
  static Problem storage(Throwable failure) {
    if (failure.getCause() instanceof ClaimRefusedException refused) {
      return refused.problem();
    }
    if (failure instanceof StorageAccesses.UnusableException unusable) {
      return new Problem(unusable.reason(), unusable.getMessage(), false);
    }
    if (failure.getCause() instanceof StorageAccesses.UnusableException unusable) {
      return new Problem(unusable.reason(), unusable.getMessage(), false);
    }
    StorageException storage = StorageException.of(failure);
    return new Problem("Storage" + storage.kind().name(), storage.getMessage(), false);
  }

  /** A call to the API server. A namespace that is on its way out takes nothing in any more. */
  static Problem kubernetes(Throwable failure) {
    return failure instanceof Cluster.RefusedException refused
        ? new Problem(
            refused.reason(),
            refused.getMessage(),
            refused.reason().equals(Cluster.RefusedException.NAMESPACE_TERMINATING))
        : new Problem("ApiServerRefused", String.valueOf(failure.getMessage()), false);
  }
}
