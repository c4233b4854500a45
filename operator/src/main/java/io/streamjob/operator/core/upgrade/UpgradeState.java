package io.streamjob.operator.core.upgrade;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.spec.Digests;
import java.util.List;

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
  record Executing(Plan plan, int cursor, Attempt attempt) implements UpgradeState {

    /**
     * The id of this attempt at this step, which no other attempt ever has: Flink's trigger id, the
     * job's id, and the folder of the snapshot.
     *
     * @param uid of the StreamJob
     */
    public String operationId(String uid) {
      return Digests.operationId(
          List.of(
              uid,
              plan.kind().name(),
              plan.goal(),
              String.valueOf(plan.generation()),
              String.valueOf(cursor),
              String.valueOf(attempt.number()),
              attempt.nonce()));
    }
  }

  /** Gave up until the spec changes. */
  record Stalled(GaveUp gaveUp) implements UpgradeState {}
}
