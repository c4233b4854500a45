package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a pass should do: change the state and nothing else, or act for the state as it is. */
public sealed interface Decision {

  /**
   * Write this state, then look again.
   *
   * @param story what happened, as a sentence for an Event
   */
  record Transition(MachineState next, Story story) implements Decision {}

  /**
   * Do these things, then look again after a while at the latest.
   *
   * @param problem what keeps the step from going on
   */
  record Act(List<Action> actions, Duration recheckAfter, Optional<Problem> problem)
      implements Decision {

    public Act {
      actions = List.copyOf(actions);
    }
  }

  /**
   * One sentence of a job's story.
   *
   * @param reason one word
   * @param isWarning whether someone should look
   */
  record Story(String reason, String message, boolean isWarning) {}
}
