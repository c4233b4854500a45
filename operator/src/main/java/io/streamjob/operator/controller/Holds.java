package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.savepoint.SavepointState;
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

  private Holds() {}

  /** The finalizer of a job. */
  static String of(StreamJob job) {
    return PREFIX + job.getMetadata().getName();
  }

  /** The finalizers that the savepoint has. */
  static List<String> finalizers(Savepoint savepoint) {
    return Optional.ofNullable(savepoint.getMetadata().getFinalizers()).orElse(List.of());
  }

  /** The finalizers that it should have, for these jobs of its namespace. */
  static List<String> wanted(Savepoint savepoint, SavepointState state, List<StreamJob> jobs) {
    return Stream.concat(
            others(savepoint).stream(),
            jobs.stream()
                .filter(job -> SavepointSources.needs(job, savepoint, state))
                .map(Holds::of)
                .sorted())
        .toList();
  }

  /** The finalizers that it has and that hold it for no job. */
  static List<String> others(Savepoint savepoint) {
    return finalizers(savepoint).stream().filter(name -> !name.startsWith(PREFIX)).toList();
  }

  /** Whether a change of the job may be one of what holds the savepoint. */
  static boolean concern(Savepoint savepoint, StreamJob job) {
    return finalizers(savepoint).contains(of(job)) || SavepointSources.names(job, savepoint);
  }
}
