package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.upgrade.Action;
import io.streamjob.operator.core.upgrade.model.Stop.Phase;
import java.util.Optional;

/** What becomes of actions. */
final class Effects {

  private static final Heard NO_ANSWER = Heard.failed("NoAnswer");

  private Effects() {}

  static void store(World world, Action.StoreRevision store) {
    world.clusters.computeIfAbsent(
        store.revision(), number -> new Cluster(number, Version.of(store.spec())));
  }

  static void apply(World world, Action.ApplyRevision apply) {
    Optional.ofNullable(world.cluster(apply.revision())).ifPresent(Cluster::apply);
  }

  static void delete(World world, Action.DeleteRevision delete) {
    Cluster cluster = world.cluster(delete.revision());
    if (cluster.isApplied) {
      cluster.jobs.values().forEach(job -> Laws.ending(world, cluster, job));
      cluster.delete();
    }
  }

  static void forget(World world, Action.ForgetRevision forget) {
    if (world.clusters.remove(forget.revision()).remains() > 0) {
      throw new Violation("revision %d is forgotten, and not gone".formatted(forget.revision()));
    }
  }

  static void release(World world) {
    Laws.release(world);
    world.isReleased = true;
  }

  /** A call arrives where it was sent. */
  static Heard call(World world, Action.Call call) {
    return switch (call) {
      case Action.RecordSavepoint record -> Heard.done("");
      case Action.Claim claim -> claim(world);
      case Action.FindSnapshot find ->
          stored(
              world,
              world.savepoints.containsKey(find.operationId())
                  ? World.savepoint(find.operationId())
                  : "");
      case Action.FindCheckpoint find -> stored(world, world.checkpoint(find.jobId()).orElse(""));
      case Action.FindResult find -> stored(world, result(world, find));
      case Action.StopWithSavepoint stop -> stop(world, stop);
      case Action.SubmitJob submit -> submit(world, submit);
      case Action.TriggerCheckpoint trigger -> Heard.done("");
      case Action.CancelJob cancel -> cancel(world, cancel);
      case Action.Park park -> park(world, park.revision(), park.jobId(), true);
      case Action.Unpark unpark -> park(world, unpark.revision(), unpark.jobId(), false);
      case Action.LookAtJob look -> look(world, look);
      case Action.ForgetCluster forget -> forget(world, forget);
    };
  }

  private static Heard stored(World world, String value) {
    return world.isStorageDown ? Heard.failed("StorageUnreachable") : Heard.done(value);
  }

  private static String result(World world, Action.FindResult find) {
    return Optional.ofNullable(world.cluster(find.revision()))
        .map(cluster -> cluster.results.get(find.jobId()))
        .map(JobState::name)
        .orElse("");
  }

  private static Heard forget(World world, Action.ForgetCluster forget) {
    if (!world.isStorageDown) {
      Optional.ofNullable(world.cluster(forget.revision()))
          .ifPresent(cluster -> cluster.results.clear());
    }
    return stored(world, "");
  }

  private static Heard claim(World world) {
    if (world.isTaken && !world.isStorageDown) {
      return Heard.refused("StateTakenOver");
    }
    world.isClaimed = !world.isStorageDown;
    return stored(world, "");
  }

  private static Optional<Cluster> reach(World world, int revision) {
    return Optional.ofNullable(world.cluster(revision)).filter(Cluster::answers);
  }

  private static Heard stop(World world, Action.StopWithSavepoint stop) {
    Optional<Cluster> cluster = reach(world, stop.revision());
    if (cluster.isEmpty()) {
      return NO_ANSWER;
    }
    boolean runs =
        cluster.get().job(stop.jobId()).filter(job -> job.state() == JobState.RUNNING).isPresent();
    cluster
        .get()
        .stops
        .putIfAbsent(stop.operationId(), new Stop(stop.jobId(), runs ? Phase.ASKED : Phase.FAILED));
    return Heard.done("");
  }

  private static Heard submit(World world, Action.SubmitJob submit) {
    Optional<Cluster> reached = reach(world, submit.revision());
    if (reached.isEmpty()) {
      return NO_ANSWER;
    }
    Cluster cluster = reached.get();
    // Flink does not start what it has written down as ended.
    if (cluster.job(submit.jobId()).isPresent() || cluster.results.containsKey(submit.jobId())) {
      return Heard.done("");
    }
    if (cluster.version == Version.REFUSED) {
      return Heard.refused("SubmissionRefused");
    }
    var job = new Job(submit.jobId(), JobState.INITIALIZING, submit.from(), 0, false);
    if (submit.from().filter(from -> !world.hasSnapshot(from)).isPresent()) {
      cluster.put(job.to(JobState.FAILED));
      return Heard.refused("SubmissionRefused");
    }
    cluster.put(job);
    cluster.plans.put(job.id(), new Kept(job.from(), false));
    return cluster.version == Version.THROWS_LATE
        ? Heard.refused("SubmissionRefused")
        : Heard.done("");
  }

  private static Heard park(World world, int revision, String job, boolean isParked) {
    Optional.ofNullable(world.cluster(revision))
        .ifPresent(
            cluster -> cluster.plans.computeIfPresent(job, (id, kept) -> kept.parked(isParked)));
    return Heard.done("");
  }

  private static Heard look(World world, Action.LookAtJob look) {
    return reach(world, look.revision())
        .map(cluster ->
            Heard.done(cluster.job(look.jobId()).map(job -> job.state().name()).orElse("")))
        .orElse(NO_ANSWER);
  }

  private static Heard cancel(World world, Action.CancelJob cancel) {
    Optional<Cluster> cluster = reach(world, cancel.revision());
    if (cluster.isEmpty()) {
      return NO_ANSWER;
    }
    cluster
        .get()
        .job(cancel.jobId())
        .filter(job -> !job.isOver())
        .ifPresent(job -> {
          Laws.ending(world, cluster.get(), job);
          cluster.get().put(job.to(job.isWriting() ? JobState.CANCELLING : JobState.CANCELED));
        });
    return Heard.done("");
  }
}
