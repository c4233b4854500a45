package io.streamjob.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One leader among the replicas: the holder of a Lease, which it renews for as long as it lives and
 * gives back when it ends in peace. Leadership is won once; a process that has lost it has to end.
 *
 * <p>A Lease alone cannot stop a leader that slept past it and wakes up in the middle of something.
 * So the mandate lapses by this process's own clock, 4 s before anybody may take the Lease over
 * whose clock agrees. What slips through between that look at the clock and the request is a late
 * request, as after a crash: a status is written only over the version it was decided from, grave
 * actions follow a fresh read, and all ids are derived from what is written down.
 */
public final class Leadership implements Mandate, AutoCloseable {

  /** The Lease's name. */
  public static final String LEASE = "streamjob-operator";

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** After so long without a try the election is not going on any more. */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  /**
   * When what happens.
   *
   * @param lease how long after its last renewal others leave the Lease alone; whole seconds
   * @param renewWithin how long after its last renewal the holder may act
   * @param retry how long between two renewals; a follower looks up to 2.2 times as seldom
   * @param request how long a request may take: one that hangs must not cost the Lease
   */
  record Timing(Duration lease, Duration renewWithin, Duration retry, Duration request) {
    static final Timing DEFAULT =
        new Timing(
            Duration.ofSeconds(12),
            Duration.ofSeconds(8),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));
  }

  private final Clock clock;
  private final Timing timing;
  private final Runnable lost;
  private final LeaderElector elector;
  private final CountDownLatch elected = new CountDownLatch(1);
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("leadership").factory());
  private volatile CompletableFuture<?> election = new CompletableFuture<>();
  private volatile Instant asked;
  private volatile Instant renewed = Instant.EPOCH;

  /**
   * Not a candidate yet.
   *
   * @param namespace where the Lease is
   * @param identity of this process, which no other process ever has, not even in the same pod
   * @param lost has the process end; called at most once, and not after {@link #close}
   */
  public Leadership(
      KubernetesClient client, String namespace, String identity, Clock clock, Runnable lost) {
    this(client, namespace, identity, clock, lost, Timing.DEFAULT);
  }

  Leadership(
      KubernetesClient client,
      String namespace,
      String identity,
      Clock clock,
      Runnable lost,
      Timing timing) {
    this.clock = clock;
    this.timing = timing;
    this.lost = lost;
    this.asked = clock.instant();
    this.elector =
        new LeaderElector(
            // The client's own retries would hide for minutes that the Lease is not renewed.
            Impatient.client(client, timing.request()),
            new LeaderElectionConfig(
                new WatchedLease(namespace, identity),
                timing.lease(),
                timing.renewWithin(),
                timing.retry(),
                new LeaderCallbacks(() -> {}, this::ended, Leadership::tell),
                true,
                LEASE),
            thread);
  }

  private static void tell(String leader) {
    LOG.info("leader={}", leader == null ? "none" : leader);
  }

  private final class WatchedLease extends LeaseLock {

    WatchedLease(String namespace, String identity) {
      super(namespace, LEASE, identity);
    }

    @Override
    public synchronized LeaderElectionRecord get(KubernetesClient client) {
      asked = clock.instant();
      return super.get(client);
    }

    @Override
    public synchronized void create(KubernetesClient client, LeaderElectionRecord next) {
      super.create(client, next);
      written(next);
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord next) {
      super.update(client, next);
      written(next);
    }

    /** The time is from before the request, and the one that the others go by. */
    private void written(LeaderElectionRecord record) {
      if (identity().equals(record.getHolderIdentity())) {
        renewed = record.getRenewTime().toInstant();
        elected.countDown();
      }
    }
  }

  /** Stands for election, and returns when this process leads. */
  public void acquire() throws InterruptedException {
    election = elector.start();
    elected.await();
  }

  /** Whether this process leads and may act. */
  public boolean isHeld() {
    return !isOver.get() && clock.instant().isBefore(renewed.plus(timing.renewWithin()));
  }

  @Override
  public void require() {
    if (!isHeld()) {
      throw new LapsedException(
          "this process does not lead (it renewed its lease last at %s): nothing is changed"
              .formatted(renewed));
    }
  }

  /** Whether the election goes on, won or not. */
  public boolean isWell() {
    return clock.instant().isBefore(asked.plus(SILENCE));
  }

  private void ended() {
    if (!isOver.getAndSet(true)) {
      LOG.error("the lease is lost, renewed last at {}: this process ends", renewed);
      lost.run();
    }
  }

  /** Changes nothing from now on, and gives the Lease back, so that another may lead at once. */
  @Override
  public void close() {
    isOver.set(true);
    election.cancel(true);
    thread.shutdown();
  }
}
