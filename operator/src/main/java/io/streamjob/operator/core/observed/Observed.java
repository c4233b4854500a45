package io.streamjob.operator.core.observed;

import java.util.Map;
import java.util.Optional;

/**
 * The world around one StreamJob.
 *
 * @param revisions every revision of which something exists, by number
 * @param replies of calls that were sent, by the call's key
 * @param initialSavepoint the Savepoint that spec.initialState names
 */
public record Observed(
    Map<Integer, RevisionView> revisions,
    Map<String, Reply> replies,
    SavepointView initialSavepoint) {

  public Observed {
    revisions = Map.copyOf(revisions);
    replies = Map.copyOf(replies);
  }

  /** The revision of that number, absent or not. */
  public RevisionView revision(int number) {
    return revisions.getOrDefault(number, RevisionView.ABSENT);
  }

  /** The job on the cluster of a revision, as far as Flink answers. */
  public Optional<JobView> job(int revision, String jobId) {
    return revision(revision).cluster() instanceof ClusterView.Reachable cluster
        ? Optional.ofNullable(cluster.jobs().get(jobId))
        : Optional.empty();
  }

  /** The reply to a call, if there is one. */
  public Optional<Reply> reply(String key) {
    return Optional.ofNullable(replies.get(key));
  }
}
