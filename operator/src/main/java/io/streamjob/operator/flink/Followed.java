package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.core.observed.ClusterView.Unreachable;
import io.streamjob.operator.telemetry.LogFields;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/** What {@link JobWatcher} knows of one target. Guarded by the watcher's lock. */
final class Followed {

  /** One lost poll is noise, two in a row are an outage. */
  private static final int OUTAGE = 2;

  final String owner;
  private Target target;

  /** The fields of the log that say what is followed for. */
  volatile Map<String, String> about = LogFields.current();

  private ClusterView view = ClusterView.NOT_ASKED;
  private int failures;
  private Optional<Instant> silentSince = Optional.empty();

  /** The timer of the next poll. */
  Optional<Future<?>> next = Optional.empty();

  /** The poll in flight. */
  Optional<Future<?>> poll = Optional.empty();

  boolean isWaiting;
  boolean isForgotten;

  /** Whether to poll again as soon as the poll in flight is over. */
  boolean isAskedAgain;

  Followed(String owner, Target target) {
    this.owner = owner;
    this.target = target;
  }

  Target target() {
    return target;
  }

  ClusterView view() {
    return view;
  }

  int failures() {
    return failures;
  }

  /** Takes over a new target at the same address; whether anything in it is new. */
  boolean retarget(Target wanted) {
    boolean isNew = !wanted.equals(target);
    target = wanted;
    about = LogFields.current();
    return isNew;
  }

  /** Takes in the answer of a poll; whether it is worth an event. */
  boolean answered(Reachable seen) {
    failures = 0;
    silentSince = Optional.empty();
    return show(seen);
  }

  /** Takes in a failed poll; whether it is worth an event. */
  boolean lost(FlinkException why) {
    failures++;
    silentSince = silentSince.or(() -> Optional.of(Instant.now()));
    boolean isKnown = !view.equals(ClusterView.NOT_ASKED);
    return (!isKnown || failures >= OUTAGE) && show(new Unreachable(why.getMessage(), silentSince));
  }

  private boolean show(ClusterView seen) {
    boolean isEvent = view.equals(ClusterView.NOT_ASKED) || !Meaning.isSame(view, seen);
    view = seen;
    return isEvent;
  }
}
