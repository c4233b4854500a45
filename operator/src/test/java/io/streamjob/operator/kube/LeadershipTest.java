package io.streamjob.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.streamjob.operator.kube.Mandate.LapsedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true, https = false)
class LeadershipTest {

  private static final String NAMESPACE = "streamjob";

  /** Kept, so that its level is: it would tell of every request. */
  private static final Logger REQUESTS = Logger.getLogger("io.fabric8.mockwebserver");

  static {
    REQUESTS.setLevel(Level.WARNING);
  }

  private static final Duration LONG = Duration.ofSeconds(60);

  /** Nothing is lost however slow the machine is. */
  private static final Leadership.Timing PATIENT =
      new Leadership.Timing(
          Duration.ofSeconds(120),
          Duration.ofSeconds(100),
          Duration.ofMillis(100),
          Duration.ofSeconds(20));

  private static final Leadership.Timing HASTY =
      new Leadership.Timing(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(20));

  private final AtomicReference<Duration> slept = new AtomicReference<>(Duration.ZERO);
  private final Clock clock = new ShiftedClock();
  private final List<Leadership> all = new ArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  KubernetesMockServer server;
  KubernetesClient client;

  /** The time of the day, as one sees it who slept meanwhile. */
  private final class ShiftedClock extends Clock {
    @Override
    public Instant instant() {
      return Instant.now().plus(slept.get());
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @AfterEach
  void close() {
    all.forEach(Leadership::close);
  }

  private Leadership candidate(String name) {
    return candidate(name, PATIENT);
  }

  private Leadership candidate(String name, Leadership.Timing timing) {
    var one = new Leadership(client, NAMESPACE, name, clock, () -> lost.add(name), timing);
    all.add(one);
    return one;
  }

  private static CompletableFuture<Leadership> stand(Leadership one) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            one.acquire();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return one;
        },
        work -> Thread.ofPlatform().daemon().start(work));
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier question) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!question.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the end of a long wait").isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private Lease lease() {
    return client.leases().inNamespace(NAMESPACE).withName(Leadership.LEASE).get();
  }

  private String holder() {
    return Optional.ofNullable(lease().getSpec().getHolderIdentity()).orElse("nobody");
  }

  private void leave(String holder, ZonedDateTime renewed) {
    client
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(Leadership.LEASE)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(12)
                .withAcquireTime(renewed)
                .withRenewTime(renewed)
                .withLeaseTransitions(3)
                .endSpec()
                .build())
        .create();
  }

  @Test
  void mayActOnceItHoldsTheLease() {
    Leadership one = candidate("one");
    assertThatThrownBy(one::require).isInstanceOf(LapsedException.class);
    get(stand(one));
    one.require();
    assertThat(one.isHeld()).isTrue();
    assertThat(holder()).isEqualTo("one");
  }

  @Test
  void leavesTheNextToLeadWhenItEndsInPeace() {
    Leadership one = get(stand(candidate("one")));
    Leadership two = candidate("two");
    CompletableFuture<Leadership> second = stand(two);
    await(two::isWell);
    assertThat(two.isHeld()).isFalse();

    one.close();

    assertThatThrownBy(one::require).isInstanceOf(LapsedException.class);
    get(second).require();
    assertThat(lost).isEmpty();
  }

  @Test
  void takesOverFromALeaderThatDied() {
    leave("dead", ZonedDateTime.now(ZoneOffset.UTC).minusSeconds(13));
    get(stand(candidate("two"))).require();
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(4);
  }

  @Test
  void mayNotActOnceItSleptForTooLong() {
    Leadership one = get(stand(candidate("one")));
    slept.set(PATIENT.renewWithin());
    assertThatThrownBy(one::require)
        .isInstanceOf(LapsedException.class)
        .hasMessageContaining("does not lead");
  }

  @Test
  void endsWhenAnotherLeads() {
    Leadership one = get(stand(candidate("one")));
    client
        .leases()
        .inNamespace(NAMESPACE)
        .withName(Leadership.LEASE)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"holderIdentity\":\"other\"}}");
    await(() -> !lost.isEmpty());
    assertThat(lost).containsExactly("one");
    assertThatThrownBy(one::require).isInstanceOf(LapsedException.class);
    assertThat(holder()).isEqualTo("other");
  }

  @Test
  void endsWhenTheApiServerDoesNotAnswer() {
    Leadership one = get(stand(candidate("one", HASTY)));
    server.shutdown();
    await(() -> !lost.isEmpty());
    assertThat(lost).containsExactly("one");
    assertThatThrownBy(one::require).isInstanceOf(LapsedException.class);
  }

  @Test
  void isUnwellWhenTheElectionStoodStill() {
    Leadership one = candidate("one");
    assertThat(one.isWell()).isTrue();
    slept.set(Duration.ofMinutes(3));
    assertThat(one.isWell()).isFalse();
  }
}
