package io.streamjob.operator.core.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done, step by step.
 *
 * @param goal what was asked for ({@link io.streamjob.operator.core.spec.Desired#goal()})
 * @param generation of the spec that asked for it
 * @param digest of the revision that this plan starts
 * @param afterwards what to end with, when that is not the goal
 */
public record Plan(
    PlanKind kind,
    String goal,
    long generation,
    String digest,
    List<Step> steps,
    Optional<GaveUp> afterwards) {

  public Plan {
    steps = List.copyOf(steps);
  }

  /** The revision that this plan starts, if it starts one. */
  @JsonIgnore
  public Optional<Integer> startedRevision() {
    return steps.stream()
        .filter(Step.Submit.class::isInstance)
        .map(step -> ((Step.Submit) step).revision())
        .findFirst();
  }

  /**
   * Whether another goal may take the place of this plan while it is at {@code step}: nothing that
   * has state of its own has been stopped yet, or the lineage tells all there is to know.
   */
  public boolean canBeSupersededAt(Step step) {
    return switch (step) {
      case Step.ResolveInitialState resolve -> true;
      case Step.ReadResult read -> false;
      case Step.LocateCheckpoint locate -> false;
      case Step.Claim claim -> true;
      case Step.Prepare prepare -> true;
      case Step.AwaitHealthy healthy -> kind != PlanKind.UPGRADE;
      case Step.Vacate vacate -> false;
      case Step.ConfirmUncommitted confirm -> false;
      case Step.Park park -> false;
      case Step.Unpark unpark -> false;
      case Step.TakeSnapshot take -> false;
      case Step.Cancel cancel -> false;
      case Step.Fence fence -> false;
      case Step.Submit submit -> false;
      case Step.Retire retire -> false;
    };
  }
}
