package io.streamjob.operator.core.upgrade;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Plan;

/** Where the machine stands. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = UpgradeState.Idle.class, name = "Idle"),
  @JsonSubTypes.Type(value = UpgradeState.Executing.class, name = "Executing"),
  @JsonSubTypes.Type(value = UpgradeState.Stalled.class, name = "Stalled")
})
public sealed interface UpgradeState {

  /** Nothing to do. */
  record Idle() implements UpgradeState {}

  /**
   * At a step of a plan.
   *
   * @param cursor index of the step, from 0
   */
  record Executing(Plan plan, int cursor, Attempt attempt) implements UpgradeState {}

  /** Gave up until the spec changes. */
  record Stalled(GaveUp gaveUp) implements UpgradeState {}
}
