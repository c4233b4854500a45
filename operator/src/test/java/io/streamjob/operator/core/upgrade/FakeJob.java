package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** One job of a {@link FakeCluster}. Its image says how it behaves. */
final class FakeJob {

  private static final int CHECKPOINT_INTERVAL = 10;
  private static final int SECONDS_TO_FORGET = 3;

  final String id;
  final Optional<String> from;
  private final String image;
  private final Set<String> asked = new HashSet<>();
  private final int tasks;
  JobState state = JobState.INITIALIZING;
  Optional<String> failure = Optional.empty();
  Optional<String> latestCheckpoint = Optional.empty();
  Optional<String> stoppedWith = Optional.empty();
  private long checkpoints;
  private long lastNumber;
  private int endedFor;
  private int age;
  private boolean isCheckpointDue;

  FakeJob(String id, Optional<String> from, String image, int tasks) {
    this.id = id;
    this.from = from;
    this.image = image;
    this.tasks = tasks;
  }

  /** Whether it may write output now. */
  boolean isWriting() {
    return state == JobState.RUNNING || state == JobState.CANCELLING;
  }

  boolean isOver() {
    return state.isGloballyTerminal();
  }

  boolean hasState() {
    return lastNumber > 0;
  }

  /** Whether it ended so long ago that its JobManager has removed what would bring it back. */
  boolean isForgotten() {
    return endedFor > SECONDS_TO_FORGET;
  }

  /** The same job, brought back by a new JobManager: its counts begin anew. */
  FakeJob broughtBack() {
    var job = new FakeJob(id, latestCheckpoint.or(() -> from), image, tasks);
    job.latestCheckpoint = latestCheckpoint;
    job.lastNumber = lastNumber;
    return job;
  }

  void fail(String why) {
    state = JobState.FAILED;
    failure = Optional.of(why);
  }

  void askForCheckpoint(String operationId) {
    isCheckpointDue |= asked.add(operationId);
  }

  /** One second; the number of the checkpoint that completed in it, if one did. */
  Optional<Long> pass(boolean hasSlots) {
    age++;
    endedFor = isOver() ? endedFor + 1 : 0;
    if (state == JobState.CANCELLING) {
      state = JobState.CANCELED;
    } else if (!isOver()) {
      live(hasSlots);
    }
    boolean completes =
        state == JobState.RUNNING && (isCheckpointDue || age % CHECKPOINT_INTERVAL == 0);
    if (!completes) {
      return Optional.empty();
    }
    isCheckpointDue = false;
    checkpoints++;
    return Optional.of(++lastNumber);
  }

  private void live(boolean hasSlots) {
    if (image.endsWith(":fails") && age > 1) {
      fail("the user's code is wrong");
    } else if (image.endsWith(":fails-later") && lastNumber > 0) {
      fail("the user's code is wrong");
    } else if (image.endsWith(":restarts")) {
      state = JobState.RESTARTING;
      failure = Optional.of("state cannot be read");
    } else if (image.endsWith(":bounded") && age > 15) {
      state = JobState.FINISHED;
    } else if (state == JobState.INITIALIZING && hasSlots) {
      state = JobState.RUNNING;
    }
  }

  JobView view() {
    int running = state == JobState.RUNNING ? tasks : 0;
    return new JobView(
        id,
        state,
        running,
        tasks,
        checkpoints,
        latestCheckpoint,
        Optional.empty(),
        stoppedWith,
        failure);
  }
}
