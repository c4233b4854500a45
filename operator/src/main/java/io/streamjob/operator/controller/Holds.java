package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.kube.Cluster;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finalizers of a Savepoint that say which jobs need it; the API server refuses its deletion while
 * there are any ({@code deploy/all-namespaces/holds.yaml}). They follow from the jobs' states
 * alone, and are made to agree with them in every pass.
 */
final class Holds {

  private static final String PREFIX = "hold.streamjob.io/";

  private final Cluster cluster;

  Holds(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Makes the finalizers agree with the jobs of the namespace; returns whether that took a write.
   */
  boolean update(Savepoint cached, List<StreamJob> jobs, Instant now) {
    if (wanted(cached, jobs, now).equals(finalizers(cached))) {
      return false;
    }
    // The caches may lag, and a hold must not be taken away too early.
    List<StreamJob> all = cluster.list(StreamJob.class, cached.getMetadata().getNamespace());
    Optional<Savepoint> outdated =
        cluster
            .fresh(cached)
            .filter(savepoint -> !wanted(savepoint, all, now).equals(finalizers(savepoint)));
    outdated.ifPresent(savepoint -> cluster.putFinalizers(savepoint, wanted(savepoint, all, now)));
    return outdated.isPresent();
  }

  /**
   * Takes away what holds a savepoint that goes: nobody looks after it once the operator's own
   * finalizer is gone. Returns whether that took a write.
   */
  boolean release(Savepoint savepoint) {
    List<String> others = others(savepoint);
    if (others.equals(finalizers(savepoint))) {
      return false;
    }
    cluster.putFinalizers(savepoint, others);
    return true;
  }

  private static String of(StreamJob job) {
    return PREFIX + job.getMetadata().getName();
  }

  /** All finalizers that the savepoint has. */
  static List<String> finalizers(Savepoint savepoint) {
    return Optional.ofNullable(savepoint.getMetadata().getFinalizers()).orElse(List.of());
  }

  private static List<String> others(Savepoint savepoint) {
    return finalizers(savepoint).stream().filter(name -> !name.startsWith(PREFIX)).toList();
  }

  private static List<String> wanted(Savepoint savepoint, List<StreamJob> jobs, Instant now) {
    SavepointState state =
        new SavepointSources(savepoint, jobs).state(now).known().orElse(SavepointState.NEW);
    return Stream.concat(
            others(savepoint).stream(),
            jobs.stream()
                .filter(job -> SavepointSources.needs(job, savepoint, state))
                .map(Holds::of)
                .sorted())
        .toList();
  }

  /**
   * Whether a change of the job may be one of what holds the savepoint.
   *
   * @param needed what the job needs now
   */
  static boolean concern(Savepoint savepoint, StreamJob job, List<RestorePoint> needed) {
    return finalizers(savepoint).contains(of(job)) || SavepointSources.names(needed, savepoint);
  }
}
