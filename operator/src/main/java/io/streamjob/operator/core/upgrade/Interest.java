package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a state wants to know of one revision's cluster.
 *
 * @param jobs the jobs whose checkpoints and failures matter
 * @param trigger the stop-with-savepoint whose outcome is awaited, of the only job in {@code jobs}
 * @param isClose whether it is waited for, rather than just kept an eye on
 */
public record Interest(Set<String> jobs, Optional<String> trigger, boolean isClose) {

  public Interest {
    jobs = Set.copyOf(jobs);
  }

  /** What to follow in this state, by revision. */
  public static Map<Integer, Interest> of(String uid, MachineState state) {
    var interests = new HashMap<Integer, Interest>();
    boolean isBusy = state.upgrade() instanceof UpgradeState.Executing;
    Lineage lineage = state.lineage();
    lineage.previous().ifPresent(run -> interests.put(run.revision(), of(run, isBusy)));
    lineage.current().ifPresent(run -> interests.put(run.revision(), of(run, isBusy)));
    if (state.upgrade() instanceof UpgradeState.Executing executing
        && executing.cursor() < executing.plan().steps().size()) {
      add(interests, uid, lineage, executing);
    }
    return interests;
  }

  private static Interest of(Run run, boolean isClose) {
    return new Interest(Set.of(run.jobId()), Optional.empty(), isClose);
  }

  private static void add(
      Map<Integer, Interest> interests,
      String uid,
      Lineage lineage,
      UpgradeState.Executing executing) {
    String operationId = executing.operationId(uid);
    switch (executing.plan().steps().get(executing.cursor())) {
      case Step.Prepare prepare -> follow(interests, prepare.revision(), Set.of());
      case Step.Submit submit -> follow(interests, submit.revision(), Set.of(operationId));
      case Step.TakeSnapshot take ->
          lineage
              .current()
              .ifPresent(run ->
                  interests.put(
                      run.revision(),
                      new Interest(Set.of(run.jobId()), Optional.of(operationId), true)));
      case Step.ResolveInitialState resolve -> {}
      case Step.Claim claim -> {}
      case Step.Vacate vacate -> {}
      case Step.ConfirmUncommitted confirm -> {}
      case Step.Park park -> {}
      case Step.Unpark unpark -> {}
      case Step.ReadResult read -> {}
      case Step.LocateCheckpoint locate -> {}
      case Step.Cancel cancel -> {}
      case Step.Fence fence -> {}
      case Step.AwaitHealthy healthy -> {}
      case Step.Retire retire -> {}
    }
    // The next revision is looked at early, so that its cluster is known when its turn comes.
    executing.plan().startedRevision().ifPresent(next -> follow(interests, next, Set.of()));
  }

  private static void follow(Map<Integer, Interest> interests, int revision, Set<String> jobs) {
    interests.merge(
        revision,
        new Interest(jobs, Optional.empty(), true),
        (one, other) -> {
          var both = new HashSet<String>(one.jobs());
          both.addAll(other.jobs());
          return new Interest(both, one.trigger(), true);
        });
  }
}
