package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two operators, of which one leads. Alone, because they work for everybody. */
@Isolated
class LeaderTest {

  @RegisterExtension static final Scene SCENE = new Scene("leader");

  private final Job orders = new Job(SCENE, "orders");
  private final Operators operators = new Operators(SCENE);

  @AfterEach
  void awaitAllOperators() {
    operators.awaitAll();
  }

  @Test
  @Order(10)
  void anotherLeadsWhenTheLeaderIsGone() {
    operators.awaitAll();
    Pod leader = operators.awaitLeader();

    long begin = System.nanoTime();
    operators.kill(leader);
    Job late = new Job(SCENE, "late");
    late.apply();
    operators.awaitAnotherThan(leader);
    System.out.printf("failover after %d ms%n", millisSince(begin));

    JsonNode job = late.awaitRunning();
    System.out.printf("a job applied at the kill runs after %d ms%n", millisSince(begin));
    late.output().exactThrough(Job.jobId(job));
    late.cancelAndDelete();
  }

  private static long millisSince(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }

  static Stream<String> steps() {
    return Scene.FULL ? Stream.of("TakeSnapshot", "AwaitHealthy") : Stream.of("TakeSnapshot");
  }

  @ParameterizedTest(name = "step {0}")
  @MethodSource("steps")
  @Order(20)
  void aLeaderThatSleptPastItsLeaseDoesNoHarm(String step) {
    operators.awaitAll();
    JsonNode before = orders.givenRunning();
    String image = before.at("/spec/image").asText().endsWith("v1") ? "v2" : "v1";
    Pod sleeper = operators.awaitLeader();
    int restarts = operators.restarts(sleeper);
    long told = told(step);
    long done = told("UpgradeDone");

    orders.patch("{\"spec\":{\"image\":\"%s%s\"}}".formatted(Scene.IMAGE, image));
    Eventually.is("the event " + step, () -> told(step) > told, () -> orders.events().toString());
    operators.freeze(sleeper);
    assertThat(told("UpgradeDone")).as("it sleeps in the middle of the upgrade").isEqualTo(done);
    operators.awaitAnotherThan(sleeper);
    operators.wake(sleeper);

    Eventually.is(
        "the one that slept ended its process",
        () -> operators.restarts(sleeper) > restarts,
        () -> operators.pods().toString());
    assertThat(operators.lastWords(sleeper)).contains("the lease is lost");
    JsonNode after =
        orders.await(
            "runs " + image,
            job ->
                Health.of(job) == Health.Current
                    && job.at("/status/running/image").asText().endsWith(image));
    assertThat(Job.condition(after, "RolledBack").at("/status").asText()).isEqualTo("False");
    Eventually.is(
        "the upgrade was told as done",
        () -> told("UpgradeDone") > done,
        () -> orders.events().toString());
    assertThat(told("UpgradeDone")).as("upgrades done").isEqualTo(done + 1);
    orders.output().exactThrough(Job.jobId(after));
  }

  private long told(String reason) {
    return orders.events().stream().filter(reason::equals).count();
  }
}
