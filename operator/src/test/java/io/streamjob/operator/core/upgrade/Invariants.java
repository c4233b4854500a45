package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.report.StatusReporter;
import io.streamjob.operator.core.report.StatusReporter.RevisionNames;
import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold at every moment of every story. */
final class Invariants {

  private static final int MOST_BYTES = 16 * 1024;
  private static final Set<String> MAIN = Set.of("Ready", "Reconciling", "Stalled");
  private static final RevisionNames NAMES =
      new RevisionNames() {
        @Override
        public String service(int revision) {
          return "orders-" + revision;
        }

        @Override
        public String taskManagers() {
          return "job=orders";
        }
      };

  private final World world;
  private final Map<String, Attempt> attempts = new HashMap<>();
  private final Map<String, Action.Call> calls = new HashMap<>();

  Invariants(World world) {
    this.world = world;
  }

  void checkWriters() {
    long writers = world.clusters.values().stream().mapToLong(FakeCluster::writers).sum();
    assertThat(writers).as(() -> world.about("runs that may write")).isLessThanOrEqualTo(1);
  }

  void checkState(MachineState state) {
    String text = StateCodec.encode(World.UID, state);
    assertThat(text.getBytes(StandardCharsets.UTF_8).length)
        .as(() -> world.about("size of the state"))
        .isLessThan(MOST_BYTES);
    assertThat(StateCodec.decode(World.UID, Optional.of(text)))
        .as(() -> world.about("the state, written and read"))
        .isEqualTo(new Decoded.Known<>(new Memory(World.UID, state)));
    if (state.upgrade() instanceof Executing executing) {
      checkId(executing);
    }
  }

  private void checkId(Executing executing) {
    Attempt before = attempts.putIfAbsent(executing.operationId(World.UID), executing.attempt());
    assertThat(before)
        .as(() -> world.about("the attempt that had this operation id before"))
        .isIn(null, executing.attempt());
  }

  /** A repeated call says what it said the first time. */
  void checkCall(Action.Call call) {
    assertThat(calls.getOrDefault(call.key(), call))
        .as(() -> world.about("a repeated call"))
        .isEqualTo(call);
    calls.put(call.key(), call);
  }

  /** A run with state ends only when its state is safe, or is not wanted. */
  void checkEnding(FakeCluster cluster, FakeJob job) {
    if (job.isOver() || !job.hasState() || !isRecorded(job)) {
      return;
    }
    boolean isSaved =
        world
            .state()
            .lineage()
            .restorePoint()
            .map(RestorePoint::location)
            .filter(location -> world.snapshots.getOrDefault(location, "").equals(job.id))
            .isPresent();
    assertThat(isSaved || isUnwanted(cluster.revision))
        .as(() ->
            world.about("whether the state of revision %d is safe".formatted(cluster.revision)))
        .isTrue();
  }

  private boolean isRecorded(FakeJob job) {
    return world
        .state()
        .lineage()
        .current()
        .filter(run -> run.jobId().equals(job.id) && run.proven())
        .isPresent();
  }

  private boolean isUnwanted(int revision) {
    return plan()
            .filter(
                plan -> plan.steps().contains(new Step.Cancel(revision)) || isBareDeletion(plan))
            .isPresent()
        || world.isSilentFor(revision);
  }

  private static boolean isBareDeletion(Plan plan) {
    return plan.kind() == PlanKind.DELETE
        && plan.steps().stream().noneMatch(Step.TakeSnapshot.class::isInstance);
  }

  /** What a new run starts from is the newest state that there is. */
  void checkStart(Action.SubmitJob submit) {
    if (world.newest.isPresent()) {
      assertThat(submit.from())
          .as(() ->
              world.about("the snapshot that revision %d starts from".formatted(submit.revision())))
          .isEqualTo(world.newest);
    }
  }

  /** A run whose output was committed is not taken back. */
  void checkTransition(MachineState next) {
    if (!beginsRollback(next)) {
      return;
    }
    Optional<Long> committed =
        world
            .state()
            .lineage()
            .current()
            .flatMap(run -> world.observe().job(run.revision(), run.jobId()))
            .map(JobView::completedCheckpoints);
    assertThat(committed.orElse(0L))
        .as(() -> world.about("checkpoints of the failed run"))
        .isZero();
  }

  /** The status has one meaning, and it is true. */
  void checkStatus(Optional<Problem> problem) {
    StreamJobStatus status =
        StatusReporter.report(
            new StatusReporter.Report(
                World.UID,
                7,
                NAMES,
                world.spec(),
                world.state(),
                world.observe(),
                problem,
                List.of(),
                Optional.empty(),
                world.now()));
    List<Condition> main =
        status.conditions().stream()
            .filter(condition -> condition.status() == Condition.Status.True)
            .filter(condition -> MAIN.contains(condition.type()))
            .toList();
    assertThat(main).as(() -> world.about("conditions")).hasSize(1);
    if (main.getFirst().type().equals("Ready")) {
      boolean shouldWrite = main.getFirst().reason().equals("Running");
      assertThat(world.running().isPresent())
          .as(() -> world.about("what runs while the status is " + main))
          .isEqualTo(shouldWrite);
    }
  }

  private boolean beginsRollback(MachineState next) {
    return next.upgrade() instanceof Executing to
        && to.plan().kind() == PlanKind.ROLLBACK
        && plan().filter(plan -> plan.kind() == PlanKind.ROLLBACK).isEmpty();
  }

  private Optional<Plan> plan() {
    return world.state().upgrade() instanceof Executing executing
        ? Optional.of(executing.plan())
        : Optional.empty();
  }
}
