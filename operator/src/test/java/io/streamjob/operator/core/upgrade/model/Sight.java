package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.upgrade.Interest;
import io.streamjob.operator.core.upgrade.Limits;
import io.streamjob.operator.core.upgrade.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the operator sees of a world. */
final class Sight {

  /** When every pass is made. */
  static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

  /** When every attempt began: what counts is how long this operator has been looking. */
  static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  /** Longer than any pause between attempts, shorter than any limit that counts beside them. */
  private static final Duration MINUTE = Duration.ofSeconds(65);

  private static final Duration OVERDUE = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Limits LIMITS = new Limits(LIMIT, LIMIT, LIMIT, 2);

  private Sight() {}

  static Situation situation(World world, Observed observed, String nonce) {
    return new Situation(
        Known.UID,
        "orders",
        world.wish.at(world.generation),
        world.machine(),
        observed,
        NOW,
        NOW.minus(elapsed(world)),
        nonce,
        LIMITS);
  }

  private static Duration elapsed(World world) {
    return switch (world.elapsed) {
      case 0 -> Duration.ZERO;
      case 1 -> MINUTE;
      default -> OVERDUE;
    };
  }

  static Observed observe(World world) {
    Map<Integer, Interest> interests = Interest.of(Known.UID, world.machine());
    var views = new HashMap<Integer, RevisionView>();
    for (Cluster cluster : world.clusters.values()) {
      views.put(cluster.revision, view(world, cluster, interests));
    }
    var replies = new HashMap<String, Reply>();
    world.replies.forEach((key, heard) -> replies.put(key, heard.at(NOW)));
    var stopped = new HashSet<String>();
    world.savepoints.forEach((id, job) -> {
      if (!id.equals(World.ELSEWHERE)) {
        stopped.add(job);
      }
    });
    return new Observed(views, replies, Map.of(), stopped);
  }

  static RevisionView view(World world, Cluster cluster) {
    return view(world, cluster, Interest.of(Known.UID, world.machine()));
  }

  private static RevisionView view(World world, Cluster cluster, Map<Integer, Interest> interests) {
    RevisionView frozen = world.frozen.get(cluster.revision);
    if (frozen != null) {
      return frozen;
    }
    Interest interest = interests.get(cluster.revision);
    boolean isAsked = interest != null && cluster.remains() > 0 && !world.isUnseen;
    return new RevisionView(
        Optional.of(cluster.version.spec()),
        cluster.isApplied,
        cluster.remains(),
        cluster.isApplied ? problem(cluster.version) : Optional.empty(),
        isAsked ? flink(world, cluster, interest) : ClusterView.NOT_ASKED);
  }

  private static Optional<Problem> problem(Version version) {
    return switch (version) {
      case NO_IMAGE -> Optional.of(new Problem("ImagePullBackOff", "no such image", false));
      case NO_JAR -> Optional.of(new Problem("JarMissing", "the image has no jar", true));
      case ONE, TWO, THREE, BOUNDED, REFUSED, THROWS_LATE, FAILS, FAILS_LATER, RESTARTS ->
          Optional.empty();
    };
  }

  private static ClusterView flink(World world, Cluster cluster, Interest interest) {
    if (!cluster.answers()) {
      return new ClusterView.Unreachable(
          "connection refused", Optional.of(NOW.minus(elapsed(world))));
    }
    var jobs = new HashMap<String, JobView>();
    for (Job job : cluster.jobs.values()) {
      jobs.put(job.id(), job(world, job, interest.jobs().contains(job.id())));
    }
    var triggers = new HashMap<String, TriggerView>();
    interest
        .trigger()
        .map(cluster.stops::get)
        .ifPresent(stop ->
            triggers.put(interest.trigger().get(), trigger(stop, interest.trigger().get())));
    int slots = cluster.zombies.isEmpty() ? cluster.version.spec().parallelism() : 0;
    return new ClusterView.Reachable(slots, Set.of("job.jar"), jobs, triggers);
  }

  private static JobView job(World world, Job job, boolean isFollowed) {
    boolean isUnwell = job.state() == JobState.FAILED || job.state() == JobState.RESTARTING;
    return new JobView(
        job.id(),
        job.state(),
        job.state() == JobState.RUNNING ? 1 : 0,
        1,
        isFollowed ? job.seen() : 0,
        isFollowed && job.seen() > 0 ? world.checkpoint(job.id()) : Optional.empty(),
        Optional.empty(),
        isFollowed ? stoppedWith(world, job) : Optional.empty(),
        isFollowed && isUnwell ? Optional.of("wrong code") : Optional.empty());
  }

  private static Optional<String> stoppedWith(World world, Job job) {
    return world.savepoints.entrySet().stream()
        .filter(saved -> saved.getValue().equals(job.id()))
        .map(saved -> World.savepoint(saved.getKey()))
        .findFirst();
  }

  private static TriggerView trigger(Stop stop, String operationId) {
    return switch (stop.phase()) {
      case ASKED, SAVED -> new TriggerView.InProgress();
      case DONE -> new TriggerView.Completed(World.savepoint(operationId));
      case FAILED -> new TriggerView.Failed("IOException", "disk full");
      case NOT_STOPPED ->
          new TriggerView.Failed("StopWithSavepointStoppingException", "task failed");
    };
  }
}
