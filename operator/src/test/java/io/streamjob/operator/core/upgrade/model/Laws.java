package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must be true in every state. */
final class Laws {

  private Laws() {}

  /** At any time at most one job of a lineage may write. */
  static void writers(World world) {
    Set<String> writers = world.writers();
    if (writers.size() > 1) {
      throw new Violation("two writers of one lineage: jobs " + writers);
    }
  }

  /** A new run starts from the newest state; a run that was stopped for good does not come back. */
  static void start(World world, Job job) {
    if (job.state() != JobState.INITIALIZING) {
      return; // Flink itself falls back to a checkpoint, and the fence ends that.
    }
    if (job.isBack() && world.isSaved(job.id())) {
      throw new Violation(
          "job %s is brought back though a savepoint stopped it".formatted(job.id()));
    }
    if (!job.isBack() && world.newest.isPresent() && !job.from().equals(world.newest)) {
      throw new Violation(
          "job %s starts %s, and the newest state is %s"
              .formatted(
                  job.id(),
                  job.from().map(from -> "from " + from).orElse("empty"),
                  world.newest.get()));
    }
  }

  /** A completed checkpoint is the newest state, unless the job was over before. */
  static void checkpoint(World world, Job job) {
    if (!world.isSaved(job.id()) && !world.ended.contains(job.id())) {
      world.newest = world.checkpoint(job.id());
    }
  }

  /** A run with state of its own ends only when its state is safe, or is not wanted. */
  static void ending(World world, Cluster cluster, Job job) {
    boolean isKnown =
        world
            .machine()
            .lineage()
            .current()
            .filter(run -> run.jobId().equals(job.id()) && run.proven())
            .isPresent();
    if (job.state() != JobState.RUNNING
        || !isKnown
        || world.isSaved(job.id())
        || world.ended.contains(job.id())) {
      return;
    }
    if (world.plan().filter(plan -> isMeant(world, plan, cluster)).isEmpty()) {
      throw new Violation("job %s has state, and is ended without a savepoint".formatted(job.id()));
    }
  }

  private static boolean isMeant(World world, Plan plan, Cluster cluster) {
    boolean isRecovery =
        plan.kind() == PlanKind.RECOVER && plan.steps().contains(new Step.Retire(cluster.revision));
    boolean isSilent = world.elapsed > 0 && !cluster.answers();
    // Written down before, after a long silence, which may end at any time.
    boolean isGivenUp = world.machine().lineage().current().filter(Run::failed).isPresent();
    return isRecovery
        || isSilent
        || isGivenUp
        || plan.steps().contains(new Step.Cancel(cluster.revision));
  }

  /** Nothing is left running when the job is let go. */
  static void release(World world) {
    // Objects that nobody saw go with their owner.
    if (!world.writers().isEmpty()) {
      throw new Violation("the job is released while it writes");
    }
    if (world.wish.lifecycle != Lifecycle.DELETED) {
      throw new Violation("a job that is wanted is released");
    }
  }

  /** What the machine may write. */
  static void transition(World before, MachineState next) {
    boolean isOver = !(next.upgrade() instanceof Executing);
    Optional<String> kept = next.lineage().restorePoint().map(RestorePoint::location);
    if (isOver
        && before.wish.lifecycle != Lifecycle.DELETED
        && next.lineage().current().isEmpty()
        && before.newest.isPresent()
        && !kept.equals(before.newest)) {
      throw new Violation(
          "the job is stopped, the newest state is %s, and kept is %s"
              .formatted(before.newest.get(), kept.orElse("nothing")));
    }
    if (next.upgrade() instanceof Executing executing) {
      executing.plan().steps().stream()
          .filter(step -> isAtStake(next) && isWayOn(executing.plan()))
          .flatMap(Laws::lost)
          .filter(before.over::contains)
          .forEach(job -> {
            throw new Violation(
                "job %s had come to the end of its input, and is started again".formatted(job));
          });
    }
    if (isAtStake(next) && !isClaimed(before, next)) {
      throw new Violation("the plan has not seen whether the job's folder is its own");
    }
    if (generation(next) > before.generation) {
      throw new Violation("the state speaks of a generation that nobody has written");
    }
  }

  /** Whether the plan does what nobody has asked for. */
  private static boolean isWayOn(Plan plan) {
    return plan.kind() == PlanKind.RECOVER || plan.kind() == PlanKind.ROLLBACK;
  }

  /** The run that the plan goes on from, or back from. */
  private static Stream<String> lost(Step step) {
    return switch (step) {
      case Step.ReadResult read -> Stream.of(read.run().jobId());
      case Step.LocateCheckpoint locate -> Stream.of(locate.jobId());
      case Step.ConfirmUncommitted confirm -> Stream.of(confirm.run().jobId());
      default -> Stream.empty();
    };
  }

  /** Whether something is started next, or stopped to make way for it. */
  private static boolean isAtStake(MachineState next) {
    if (!(next.upgrade() instanceof Executing executing)
        || executing.cursor() >= executing.plan().steps().size()) {
      return false;
    }
    Step step = executing.plan().steps().get(executing.cursor());
    return step instanceof Step.Submit
        || (step instanceof Step.Park && executing.plan().startedRevision().isPresent());
  }

  private static boolean isClaimed(World before, MachineState next) {
    return before.isClaimed
        && next.upgrade() instanceof Executing executing
        && before.plan().equals(Optional.of(executing.plan()));
  }

  private static long generation(MachineState state) {
    long running = state.lineage().current().map(Run::generation).orElse(0L);
    return state.upgrade() instanceof Executing executing
        ? Math.max(running, executing.plan().generation())
        : running;
  }
}
