package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.report.ConditionType;
import io.streamjob.operator.core.upgrade.Decision.Story;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is worth telling of a status that changed although the machine's state did not, and that no
 * transition tells of: a spec that makes no sense, a job that Flink restarts, a refusal.
 */
final class Turns {

  private Turns() {}

  /**
   * @param before as it was written last
   * @param refused what the API server would not have
   */
  static Optional<Story> of(
      @Nullable StreamJobStatus before, StreamJobStatus after, Optional<Problem> refused) {
    return stalled(before, after)
        .or(() -> refused.map(problem -> new Story(problem.reason(), problem.message(), true)))
        .or(() -> running(before, after));
  }

  private static Optional<Story> stalled(@Nullable StreamJobStatus before, StreamJobStatus after) {
    Optional<Condition> now = find(after, ConditionType.Stalled).filter(Turns::isTrue);
    Optional<String> old =
        find(before, ConditionType.Stalled).filter(Turns::isTrue).map(Condition::reason);
    return now.filter(stalled -> !old.equals(Optional.of(stalled.reason())))
        .map(stalled -> new Story(stalled.reason(), stalled.message(), true));
  }

  /** Steps tell of a job that is being started or stopped. */
  private static Optional<Story> running(@Nullable StreamJobStatus before, StreamJobStatus after) {
    Optional<Condition> now = find(after, ConditionType.JobRunning);
    Optional<Boolean> was = find(before, ConditionType.JobRunning).map(Turns::isTrue);
    return after.upgrade() != null || was.isEmpty()
        ? Optional.empty()
        : now.filter(running -> isTrue(running) != was.get())
            .map(running -> new Story(running.reason(), running.message(), !isTrue(running)));
  }

  private static Optional<Condition> find(@Nullable StreamJobStatus status, ConditionType type) {
    List<Condition> conditions =
        status == null || status.conditions() == null ? List.of() : status.conditions();
    return conditions.stream().filter(c -> c.type().equals(type.name())).findFirst();
  }

  private static boolean isTrue(Condition condition) {
    return condition.status() == Status.True;
  }
}
