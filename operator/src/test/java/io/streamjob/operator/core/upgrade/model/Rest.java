package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.util.Optional;

/** Where a world may come to rest once it is left in peace. */
final class Rest {

  private Rest() {}

  /** Why this world must not rest here; empty if it may. */
  static Optional<String> fault(Machine machine, World world) {
    if (world.isReleased) {
      return Optional.empty();
    }
    return switch (Operator.decide(machine, world, Sight.observe(world))) {
      case Decision.Transition transition -> Optional.of("the operator has something to write");
      case Decision.Act act -> fault(world, act);
    };
  }

  private static Optional<String> fault(World world, Decision.Act act) {
    Optional<Problem> problem = act.problem();
    if (problem.filter(Problem::isFinal).isPresent()) {
      return switch (problem.get().reason()) {
        case "StateLost" ->
            world.scope.fates().containsKey(Fate.WIPE)
                ? Optional.empty()
                : Optional.of("the status counts as lost, and nobody has touched it");
        case "CheckpointMissing" ->
            world.scope.fates().containsKey(Fate.LOST_FILES)
                ? Optional.empty()
                : Optional.of("a checkpoint is waited for that nobody has removed");
        default -> Optional.empty();
      };
    }
    return switch (world.machine().upgrade()) {
      case Executing executing ->
          isHopeless(world)
              ? Optional.empty()
              : Optional.of(
                  "stuck at step %d of %s: %s"
                      .formatted(
                          executing.cursor(),
                          executing.plan().steps(),
                          problem.map(Problem::reason).orElse("no problem")));
      case Idle idle -> world.wish == Wish.NONSENSE ? Optional.empty() : idle(world);
      case Stalled stalled -> runs(world);
    };
  }

  private static boolean isHopeless(World world) {
    return world
        .plan()
        .flatMap(plan -> plan.startedRevision())
        .map(world::cluster)
        .filter(cluster -> cluster.version.isHopeless())
        .isPresent();
  }

  private static Optional<String> idle(World world) {
    Optional<Run> current = world.machine().lineage().current();
    return switch (world.wish.lifecycle) {
      case RUNNING -> {
        String digest = world.wish.version.spec().digest();
        yield current.filter(run -> run.digest().equals(digest)).isPresent()
            ? runs(world)
            : Optional.of("idle, and what runs is not what is wanted");
      }
      case SUSPENDED ->
          current.isPresent() || !world.writers().isEmpty()
              ? Optional.of("idle, and not suspended")
              : Optional.empty();
      case DELETED -> Optional.of("idle, and not released");
    };
  }

  /** The current run, if there is one, runs or has come to an end of its own. */
  private static Optional<String> runs(World world) {
    Optional<Run> current = world.machine().lineage().current();
    if (current.isEmpty() || current.get().finished()) {
      return world.writers().isEmpty()
          ? Optional.empty()
          : Optional.of("a job runs that the machine does not know of");
    }
    boolean isWell =
        world
            .cluster(current.get().revision())
            .job(current.get().jobId())
            .filter(job -> job.state() == JobState.RUNNING || isExcused(world, current.get()))
            .isPresent();
    if (!isWell) {
      return Optional.of("at rest, and the run does not run");
    }
    return isParked(world, current.get())
        ? Optional.of("at rest, and the run's own JobManager could not bring it back")
        : Optional.empty();
  }

  private static boolean isParked(World world, Run run) {
    Kept kept = world.cluster(run.revision()).plans.get(run.jobId());
    return kept != null && kept.isParked();
  }

  private static boolean isExcused(World world, Run run) {
    return world.cluster(run.revision()).version.isHopeless();
  }
}
