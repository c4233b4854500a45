package io.streamjob.operator.core.observed;

import io.streamjob.operator.core.spec.RevisionSpec;
import java.util.Optional;

/**
 * One revision as Kubernetes and Flink show it.
 *
 * @param spec what it was made from, as its ControllerRevision keeps it
 * @param workloads whether every object that the revision needs exists
 * @param remains how many of its objects, pods included, still exist
 * @param problem what keeps its pods from running
 */
public record RevisionView(
    Optional<RevisionSpec> spec,
    boolean workloads,
    int remains,
    Optional<Problem> problem,
    ClusterView cluster) {

  /** A revision of which nothing exists. */
  public static final RevisionView ABSENT =
      new RevisionView(
          Optional.empty(),
          false,
          0,
          Optional.empty(),
          new ClusterView.Unreachable("it does not exist"));

  /** Whether it may be running and Flink has not been asked yet, as after the operator's start. */
  public boolean isUnseen() {
    return remains > 0 && cluster.equals(ClusterView.NOT_ASKED);
  }
}
