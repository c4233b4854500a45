package io.streamjob.operator.core.observed;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The world around one StreamJob.
 *
 * @param revisions every revision of which something exists, by number
 * @param replies of calls that were sent, by the call's key
 * @param savepoints by name: those that plans of this job took, and the one that spec.initialState
 *     names
 * @param stopped Flink's ids of the jobs that plans of this job stopped with savepoints that are
 *     complete
 */
public record Observed(
    Map<Integer, RevisionView> revisions,
    Map<String, Reply> replies,
    Map<String, SavepointView> savepoints,
    Set<String> stopped) {

  /** A job that no plan has stopped. */
  public Observed(
      Map<Integer, RevisionView> revisions,
      Map<String, Reply> replies,
      Map<String, SavepointView> savepoints) {
    this(revisions, replies, savepoints, Set.of());
  }

  public Observed {
    revisions = Map.copyOf(revisions);
    replies = Map.copyOf(replies);
    savepoints = Map.copyOf(savepoints);
    stopped = Set.copyOf(stopped);
  }

  /** The Savepoint of that name. */
  public SavepointView savepoint(String name) {
    return savepoints.getOrDefault(name, new SavepointView.Missing());
  }

  /** The revision of that number, absent or not. */
  public RevisionView revision(int number) {
    return revisions.getOrDefault(number, RevisionView.ABSENT);
  }

  /** The job on the cluster of a revision, as far as Flink answers. */
  public Optional<JobView> job(int revision, String jobId) {
    return revision(revision).cluster() instanceof ClusterView.Reachable cluster
        ? cluster.job(jobId)
        : Optional.empty();
  }

  /** The reply to a call, if there is one. */
  public Optional<Reply> reply(String key) {
    return Optional.ofNullable(replies.get(key));
  }
}
