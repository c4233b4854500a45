package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.telemetry.LogFields;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows clusters and tells their owners when something changed that matters. Reconcilers read the
 * last view and never wait.
 *
 * <p>One thread for timers and events; the calls are the client's. At most one poll of a target is
 * under way at any time. Listeners are called without a lock held and should only enqueue.
 */
public final class JobWatcher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JobWatcher.class);

  private final FlinkClient client;
  private final WatcherOptions options;
  private final Consumer<String> listener;
  private final ScheduledThreadPoolExecutor timers;
  private final Map<String, Map<String, Followed>> followed = new HashMap<>();
  private final Queue<Followed> waiting = new ArrayDeque<>();
  private int polls;

  /**
   * A watcher that follows nothing yet.
   *
   * @param listener takes the owner whose view changed
   */
  public JobWatcher(FlinkClient client, WatcherOptions options, Consumer<String> listener) {
    this.client = client;
    this.options = options;
    this.listener = listener;
    this.timers = new ScheduledThreadPoolExecutor(1, JobWatcher::thread);
    timers.setRemoveOnCancelPolicy(true);
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("job-watcher").unstarted(work);
  }

  /**
   * Replaces what the owner follows. A cluster that stays at its address keeps its view, and is
   * polled at once only if something about the target is new.
   */
  public synchronized void follow(String owner, Set<Target> targets) {
    if (targets.stream().map(Target::cluster).distinct().count() < targets.size()) {
      throw new IllegalArgumentException("two clusters of one name: " + targets);
    }
    Map<String, Followed> before = followed.getOrDefault(owner, Map.of());
    Map<String, Followed> after = new HashMap<>();
    for (Target target : targets) {
      Followed kept = before.get(target.cluster());
      if (kept != null && kept.target().rest().equals(target.rest())) {
        if (kept.retarget(target)) {
          pollNow(kept);
        }
        after.put(target.cluster(), kept);
      } else {
        Followed added = new Followed(owner, target);
        pollNow(added);
        after.put(target.cluster(), added);
      }
    }
    before.values().stream().filter(old -> !after.containsValue(old)).forEach(this::drop);
    followed.put(owner, after);
  }

  /** What the owner's cluster looked like last; unreachable as long as nothing is known. */
  public synchronized ClusterView view(String owner, String cluster) {
    return find(owner, cluster).map(Followed::view).orElse(ClusterView.NOT_ASKED);
  }

  /** How many polls wait for their turn. */
  public synchronized int waiting() {
    return waiting.size();
  }

  /** Stops following for an owner. */
  public synchronized void forget(String owner) {
    Optional.ofNullable(followed.remove(owner))
        .ifPresent(targets -> targets.values().forEach(this::drop));
  }

  /** Stops all polling; the last views stay readable. */
  @Override
  public synchronized void close() {
    timers.shutdownNow();
    waiting.clear();
  }

  private Optional<Followed> find(String owner, String cluster) {
    return Optional.ofNullable(followed.getOrDefault(owner, Map.of()).get(cluster));
  }

  private void drop(Followed old) {
    old.isForgotten = true;
    old.next.ifPresent(timer -> timer.cancel(false));
    waiting.remove(old);
  }

  private void pollNow(Followed one) {
    if (one.poll.isPresent()) {
      one.isAskedAgain = true;
    } else {
      schedule(one, Duration.ZERO);
    }
  }

  private void schedule(Followed one, Duration pause) {
    one.next.ifPresent(timer -> timer.cancel(false));
    if (!timers.isShutdown()) {
      one.next =
          Optional.of(timers.schedule(() -> due(one), pause.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private synchronized void due(Followed one) {
    if (one.isForgotten || one.poll.isPresent() || one.isWaiting) {
      return;
    }
    if (polls < options.concurrentPolls()) {
      start(one);
    } else {
      one.isWaiting = true;
      waiting.add(one);
    }
  }

  private void start(Followed one) {
    polls++;
    one.isWaiting = false;
    one.poll =
        Optional.of(
            CompletableFuture.completedFuture(new Poll(client, one.target(), one.view()))
                .thenCompose(Poll::start)
                .orTimeout(options.poll().toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync((seen, failure) -> finished(one, seen, failure), timers));
  }

  /** Runs on the timers' thread, so that events of one owner are told in their order. */
  private Void finished(Followed one, Reachable seen, Throwable failure) {
    if (take(one, seen, failure)) {
      LogFields.during(one.about, () -> tell(one.owner));
    }
    return null;
  }

  private synchronized boolean take(Followed one, Reachable seen, Throwable failure) {
    polls--;
    one.poll = Optional.empty();
    Optional.ofNullable(waiting.poll()).ifPresent(this::start);
    if (one.isForgotten) {
      return false;
    }
    boolean isEvent = failure == null ? one.answered(seen) : one.lost(FlinkException.of(failure));
    schedule(one, one.isAskedAgain ? Duration.ZERO : pause(one));
    one.isAskedAgain = false;
    return isEvent;
  }

  private Duration pause(Followed one) {
    Duration pause = options.pause(one.target().pace(), one.failures());
    return switch (one.target().pace()) {
      case BUSY -> pause;
      case CALM -> pause.multipliedBy(ThreadLocalRandom.current().nextLong(80, 121)).dividedBy(100);
    };
  }

  private void tell(String owner) {
    try {
      listener.accept(owner);
    } catch (RuntimeException e) {
      LOG.error("A listener failed, its event is lost: owner={}", owner, e);
    }
  }
}
