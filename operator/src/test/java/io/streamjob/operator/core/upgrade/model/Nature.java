package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.upgrade.model.Cluster.Pods;
import io.streamjob.operator.core.upgrade.model.Moves.Turn;
import io.streamjob.operator.core.upgrade.model.Stop.Phase;
import java.util.Map;
import java.util.Optional;

/** What Kubernetes and Flink do by themselves, and what befalls them. */
final class Nature {

  private final World world;
  private final Moves moves;

  private Nature(World world, Moves moves) {
    this.world = world;
    this.moves = moves;
  }

  static void move(World world, Moves moves) {
    var nature = new Nature(world, moves);
    for (Cluster cluster : world.clusters.values()) {
      nature.pods(cluster);
      cluster.jobs.values().forEach(job -> nature.job(cluster, job));
      cluster.stops.forEach((id, stop) -> nature.stop(cluster, id, stop));
    }
  }

  private void add(Turn turn, Cluster cluster, String what, ClusterChange change) {
    int revision = cluster.revision;
    moves.add(
        turn,
        () -> "revision %d: %s".formatted(revision, what),
        next -> change.in(next, next.cluster(revision)));
  }

  private void fate(Fate fate, Cluster cluster, String what, ClusterChange change) {
    if (world.isLeft(fate)) {
      add(Turn.FATE, cluster, what, (next, same) -> change.in(next.spend(fate), same));
    }
  }

  private interface ClusterChange {
    void in(World world, Cluster cluster);
  }

  private void pods(Cluster cluster) {
    if (cluster.pods == Pods.STARTING && cluster.version != Version.NO_IMAGE) {
      add(Turn.WORLD, cluster, "its pods are ready", (next, same) -> same.restart(next));
    }
    if (cluster.pods == Pods.DOWN) {
      add(Turn.WORLD, cluster, "a new JobManager is up", (next, same) -> same.restart(next));
    }
    if (!cluster.zombies.isEmpty() && cluster.pods == Pods.UP) {
      add(
          Turn.WORLD,
          cluster,
          "its TaskManagers notice that their JobManager is another one",
          (next, same) -> same.zombies.clear());
    }
    if (cluster.isEnding) {
      add(
          Turn.WORLD,
          cluster,
          "its old pods are gone",
          (next, same) -> {
            same.isEnding = false;
            same.zombies.clear();
          });
    }
    if (cluster.pods == Pods.UP) {
      fate(Fate.DEATH, cluster, "its JobManager dies", (next, same) -> same.die());
      if (!cluster.isSilent) {
        fate(
            Fate.SILENCE,
            cluster,
            "its JobManager cannot be reached",
            (next, same) -> same.isSilent = true);
      }
    }
    if (cluster.isSilent) {
      add(
          Turn.MEND,
          cluster,
          "its JobManager can be reached again",
          (next, same) -> same.isSilent = false);
    }
  }

  private void job(Cluster cluster, Job job) {
    switch (job.state()) {
      case INITIALIZING, RESTARTING -> start(cluster, job);
      case RUNNING -> run(cluster, job);
      case CANCELLING ->
          add(
              Turn.WORLD,
              cluster,
              "its job is cancelled",
              (next, same) -> same.put(job.to(JobState.CANCELED)));
      case FINISHED, FAILED, CANCELED -> cleanUp(cluster, job);
      case CREATED, FAILING, SUSPENDED, RECONCILING -> {}
    }
  }

  private void start(Cluster cluster, Job job) {
    if (!cluster.zombies.isEmpty()) {
      return;
    }
    switch (cluster.version) {
      case FAILS ->
          add(
              Turn.WORLD,
              cluster,
              "its job fails",
              (next, same) -> same.put(job.to(JobState.FAILED)));
      case RESTARTS -> {
        if (job.state() != JobState.RESTARTING) {
          add(
              Turn.WORLD,
              cluster,
              "its job fails and restarts, again and again",
              (next, same) -> same.put(job.to(JobState.RESTARTING)));
        }
      }
      case ONE, TWO, THREE, BOUNDED, FAILS_LATER, THROWS_LATE, REFUSED, NO_IMAGE, NO_JAR ->
          add(
              Turn.WORLD,
              cluster,
              "its job runs",
              (next, same) -> {
                Laws.start(next, job);
                same.put(job.to(JobState.RUNNING));
              });
    }
  }

  private void run(Cluster cluster, Job job) {
    boolean isStopping =
        cluster.stops.values().stream()
            .anyMatch(stop -> stop.job().equals(job.id()) && stop.phase() == Phase.SAVED);
    if (isStopping) {
      return;
    }
    if (world.plan().filter(Nature::givesUp).isEmpty()) {
      fate(
          Fate.STOP_ELSEWHERE,
          cluster,
          "somebody else stops its job with a savepoint",
          (next, same) -> {
            next.savepoints.put(World.ELSEWHERE, job.id());
            next.newest = Optional.of(World.savepoint(World.ELSEWHERE));
            same.put(job.to(JobState.FINISHED));
          });
    }
    int number = world.checkpoints.getOrDefault(job.id(), 0);
    // Until each process has shown one: an unproven run waits for it.
    if (number < world.scope.checkpoints() || job.seen() == 0) {
      add(
          Turn.WORLD,
          cluster,
          "its job completes a checkpoint",
          (next, same) -> {
            same.put(job.withCheckpoint());
            next.checkpoints.put(job.id(), number + 1);
            Laws.checkpoint(next, job);
          });
    }
    if (cluster.version == Version.FAILS_LATER && job.seen() > 0) {
      add(
          Turn.WORLD,
          cluster,
          "its job fails for good",
          (next, same) -> same.put(job.to(JobState.FAILED)));
    }
    if (cluster.version == Version.BOUNDED && job.seen() > 0) {
      add(
          Turn.WORLD,
          cluster,
          "its job has come to the end of its input",
          (next, same) -> {
            same.put(job.to(JobState.FINISHED));
            next.newest = Optional.empty();
            next.ended.add(job.id());
          });
    }
  }

  /**
   * Whether a job ends without anybody looking where: a savepoint of somebody else's is not found.
   */
  private static boolean givesUp(Plan plan) {
    return switch (plan.kind()) {
      case REPLACE, ROLLBACK, RECOVER, ABANDON -> true;
      case CREATE, UPGRADE, SUSPEND, RESUME, DELETE, KEEP -> false;
    };
  }

  /** What a job leaves behind goes later than REST says that it is over. */
  private void cleanUp(Cluster cluster, Job job) {
    boolean isUnwritten = !cluster.results.containsKey(job.id());
    boolean hasFiles = job.state() == JobState.FINISHED && world.checkpoints.containsKey(job.id());
    boolean hasPlan =
        Optional.ofNullable(cluster.plans.get(job.id())).filter(k -> !k.isParked()).isPresent();
    if (isUnwritten || hasFiles || hasPlan) {
      add(
          Turn.WORLD,
          cluster,
          "Flink writes down how its job ended, and cleans up behind it",
          (next, same) -> {
            same.results.put(job.id(), job.state());
            if (next.ended.contains(job.id())) {
              next.over.add(job.id());
            }
            same.plans.computeIfPresent(job.id(), (id, kept) -> kept.isParked() ? kept : null);
            if (job.state() == JobState.FINISHED) {
              next.checkpoints.remove(job.id());
            }
          });
    }
  }

  private void stop(Cluster cluster, String id, Stop stop) {
    if (!stop.isUnderWay()) {
      return;
    }
    Optional<Job> job = cluster.job(stop.job()).filter(one -> one.state() == JobState.RUNNING);
    if (job.isEmpty()) {
      if (stop.phase() == Phase.ASKED) {
        add(
            Turn.WORLD,
            cluster,
            "the savepoint fails with its job",
            (next, same) -> same.stops.put(id, stop.to(Phase.FAILED)));
      }
      return;
    }
    switch (stop.phase()) {
      case ASKED -> {
        add(
            Turn.WORLD,
            cluster,
            "the savepoint is complete",
            (next, same) -> {
              next.savepoints.put(id, stop.job());
              next.newest = Optional.of(World.savepoint(id));
              same.stops.put(id, stop.to(Phase.SAVED));
            });
        fate(
            Fate.ENDING,
            cluster,
            "the savepoint fails, and the job goes on",
            (next, same) -> same.stops.put(id, stop.to(Phase.FAILED)));
      }
      case SAVED -> {
        add(
            Turn.WORLD,
            cluster,
            "the job is stopped by its savepoint",
            (next, same) -> {
              same.stops.put(id, stop.to(Phase.DONE));
              same.put(job.get().to(JobState.FINISHED));
            });
        fate(
            Fate.ENDING,
            cluster,
            "the savepoint is complete, the job does not stop and falls back to a checkpoint",
            (next, same) -> {
              same.stops.put(id, stop.to(Phase.NOT_STOPPED));
              same.put(job.get().to(JobState.RESTARTING));
            });
      }
      case DONE, FAILED, NOT_STOPPED -> {}
    }
  }

  /** The storage, and files in it. */
  static void storage(World world, Moves moves) {
    if (world.isStorageDown) {
      moves.add(Turn.MEND, () -> "the storage is back", next -> next.isStorageDown = false);
    } else if (world.isLeft(Fate.STORAGE_DOWN)) {
      moves.add(
          Turn.FATE,
          () -> "the operator cannot reach the storage",
          next -> next.spend(Fate.STORAGE_DOWN).isStorageDown = true);
    }
    if (world.isLeft(Fate.TAKEN)) {
      moves.add(
          Turn.FATE,
          () -> "somebody else takes the job's folder over",
          next -> next.spend(Fate.TAKEN).isTaken = true);
    }
    if (world.isLeft(Fate.LOST_FILES)) {
      for (Map.Entry<String, Integer> entry : world.checkpoints.entrySet()) {
        moves.add(
            Turn.FATE,
            () -> "somebody removes the checkpoints of job " + entry.getKey(),
            next -> next.spend(Fate.LOST_FILES).checkpoints.remove(entry.getKey()));
      }
    }
  }

  /** Calls and replies that are on their way. */
  static void flights(World world, Moves moves) {
    for (int i = 0; i < world.flights.size(); i++) {
      int index = i;
      Flight flight = world.flights.get(i);
      String what = flight.call().getClass().getSimpleName();
      moves.add(
          Turn.MEND,
          () ->
              "%s of %s arrives"
                  .formatted(flight.reply().isPresent() ? "the reply" : "the call", what),
          next -> {
            next.flights.remove(index);
            Heard heard = flight.reply().orElseGet(() -> Effects.call(next, flight.call()));
            if (flight.isAwaited()) {
              Operator.hear(next, flight.call(), heard);
            }
          });
    }
  }
}
