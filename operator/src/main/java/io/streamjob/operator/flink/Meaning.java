package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.core.observed.ClusterView.Unreachable;
import io.streamjob.operator.core.observed.JobView;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What in a view is worth waking a reconciler for. */
final class Meaning {

  private Meaning() {}

  static boolean isSame(ClusterView one, ClusterView other) {
    return of(one).equals(of(other));
  }

  private static ClusterView of(ClusterView view) {
    return switch (view) {
      case Unreachable lost -> new Unreachable("");
      case Reachable seen ->
          new Reachable(seen.slots(), seen.jars(), of(seen.jobs()), seen.triggers());
    };
  }

  private static Map<String, JobView> of(Map<String, JobView> jobs) {
    return jobs.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, job -> of(job.getValue())));
  }

  /** The first checkpoint proves that a job works; all later ones are the usual course. */
  private static JobView of(JobView job) {
    return new JobView(
        job.id(),
        job.state(),
        job.runningTasks(),
        job.totalTasks(),
        Math.min(1, job.completedCheckpoints()),
        Optional.empty(),
        job.failure());
  }
}
