package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.spec.RevisionSpec;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The objects, pods and Flink of one revision. */
final class FakeCluster {

  private static final int PODS = 4;

  /** TaskManagers of a lost JobManager go on writing until their heartbeats time out. */
  private static final int ZOMBIES_LIVE = 8;

  final int revision;
  final RevisionSpec spec;
  final Map<String, FakeJob> jobs = new LinkedHashMap<>();
  final Map<String, TriggerView> triggers = new LinkedHashMap<>();
  private final Set<String> plans = new HashSet<>();
  private final Set<String> parked = new HashSet<>();
  boolean isStuck;
  boolean isSilent;
  private boolean exists;
  private int remains;
  private int untilReady;
  private int untilGone;
  private int zombies;
  private int silentFor;

  FakeCluster(int revision, RevisionSpec spec) {
    this.revision = revision;
    this.spec = spec;
  }

  void apply() {
    if (!exists) {
      exists = true;
      remains = PODS;
      untilReady = 3;
    }
  }

  void delete() {
    if (exists) {
      exists = false;
      untilGone = 2;
      plans.clear();
      parked.clear();
      loseJobs();
    }
  }

  /** A job was submitted, and will be brought back. */
  void add(FakeJob job) {
    jobs.put(job.id, job);
    plans.add(job.id);
  }

  void park(String jobId) {
    if (plans.remove(jobId)) {
      parked.add(jobId);
    }
  }

  void unpark(String jobId) {
    if (parked.remove(jobId)) {
      plans.add(jobId);
    }
  }

  /** The JobManager's process ends, and a new one brings back what it finds. */
  void restartJobManager() {
    List<FakeJob> back =
        jobs.values().stream()
            .filter(job -> plans.contains(job.id))
            .map(FakeJob::broughtBack)
            .toList();
    loseJobs();
    back.forEach(job -> jobs.put(job.id, job));
    untilReady = 4;
  }

  /** The same, after its high availability lost its memory. */
  void loseJobManager() {
    plans.clear();
    parked.clear();
    restartJobManager();
  }

  private void loseJobs() {
    zombies = jobs.values().stream().anyMatch(FakeJob::isWriting) ? ZOMBIES_LIVE : zombies;
    jobs.clear();
    triggers.clear();
  }

  void pass() {
    silentFor = isReachable() ? 0 : silentFor + 1;
    untilReady = Math.max(0, untilReady - 1);
    zombies = Math.max(0, zombies - 1);
    jobs.values().stream().filter(FakeJob::isForgotten).forEach(job -> plans.remove(job.id));
    if (!exists && remains > 0 && !isStuck && --untilGone <= 0) {
      remains = 0;
      zombies = 0;
    }
  }

  boolean isReachable() {
    return exists && problem().isEmpty() && untilReady == 0 && !isSilent;
  }

  boolean isGone() {
    return remains == 0;
  }

  /** Tasks of a lost JobManager keep their slots until they notice. */
  boolean hasSlots() {
    return zombies == 0;
  }

  /** How many runs may write here. */
  long writers() {
    return jobs.values().stream().filter(FakeJob::isWriting).count() + (zombies > 0 ? 1 : 0);
  }

  Optional<FakeJob> job(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  RevisionView view(Instant now) {
    var views = new LinkedHashMap<String, JobView>();
    jobs.forEach((id, job) -> views.put(id, job.view()));
    ClusterView cluster =
        isReachable()
            ? new ClusterView.Reachable(spec.parallelism(), Set.of("job.jar"), views, triggers)
            : new ClusterView.Unreachable(
                "connection refused", Optional.of(now.minusSeconds(silentFor)));
    return new RevisionView(
        Optional.of(spec), exists, remains, exists ? problem() : Optional.empty(), cluster);
  }

  private Optional<Problem> problem() {
    if (spec.image().endsWith(":no-image")) {
      return Optional.of(
          new Problem("ImagePullBackOff", "the image cannot be pulled: look at its name", false));
    }
    return spec.image().endsWith(":no-jar")
        ? Optional.of(new Problem("JarMissing", "the image has no jar", true))
        : Optional.empty();
  }
}
