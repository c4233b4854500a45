package io.streamjob.operator.core.observed;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One Flink cluster as its REST endpoint shows it. */
public sealed interface ClusterView {

  /** Nobody has asked it yet: nothing can be concluded, and nothing need be said. */
  ClusterView NOT_ASKED = new Unreachable("not asked yet");

  /**
   * No answer yet, or no longer.
   *
   * @param why in one line
   * @param since when the first question came to nothing after the last answer
   */
  record Unreachable(String why, Optional<Instant> since) implements ClusterView {

    /** Not asked for so long that it would matter. */
    public Unreachable(String why) {
      this(why, Optional.empty());
    }
  }

  /**
   * The JobManager answered.
   *
   * @param slots task slots of all registered TaskManagers
   * @param jars ids of the jars in the upload folder ({@code GET /jars})
   * @param jobs every job that the JobManager knows, by id
   * @param triggers what Flink says of the followed triggers, by trigger id
   */
  record Reachable(
      int slots, Set<String> jars, Map<String, JobView> jobs, Map<String, TriggerView> triggers)
      implements ClusterView {

    public Reachable {
      jars = Set.copyOf(jars);
      jobs = Map.copyOf(jobs);
      triggers = Map.copyOf(triggers);
    }

    /** What Flink says of a trigger. */
    public TriggerView trigger(String id) {
      return triggers.getOrDefault(id, new TriggerView.Unknown());
    }

    /** A job, if the JobManager knows it. */
    public Optional<JobView> job(String id) {
      return Optional.ofNullable(jobs.get(id));
    }

    /** Whether the job is over, or lost with the JobManager that ran it. */
    public boolean isOver(String jobId) {
      return job(jobId).filter(job -> !job.state().isGloballyTerminal()).isEmpty();
    }
  }
}
