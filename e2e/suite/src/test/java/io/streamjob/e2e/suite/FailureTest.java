package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.streamjob.e2e.job.Report;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods that die. Alone, because the operator is one of them. */
@Isolated
class FailureTest {

  private static final int A_FEW = 400;

  @RegisterExtension static final Scene SCENE = new Scene("failure");

  private final Job orders = new Job(SCENE, "orders");
  private final Operators operators = new Operators(SCENE);

  @AfterEach
  void awaitTheOperator() {
    operators.awaitLeader();
  }

  @Test
  @Order(10)
  void goesOnFromTheNewestCheckpointWhenATaskManagerDies() {
    JsonNode before = orders.givenRunning();

    Victim.of(SCENE, orders, "taskmanager").delete();
    orders.await(
        "notices", job -> !Job.condition(job, "JobRunning").at("/status").asText().equals("True"));
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).as("Flink's own recovery").isEqualTo(Job.jobId(before));
    goesOn(after);
  }

  @Test
  @Order(15)
  void goesOnWhenATaskManagerDiesWhileTheOperatorIsAway() {
    JsonNode before = orders.givenRunning();

    operators.whileAway(() -> {
      Victim taskManager = Victim.of(SCENE, orders, "taskmanager");
      taskManager.delete();
      taskManager.awaitDead();
      goesOn(before);
    });

    assertThat(Job.jobId(orders.awaitRunning())).isEqualTo(Job.jobId(before));
  }

  /** As {@code kubectl drain} does it: all of them at once, and with notice. */
  @Test
  @Order(17)
  void goesOnWhenItsPodsAreEvicted() {
    JsonNode before = orders.givenRunning();
    List<Pod> pods = orders.podList();

    for (Pod pod : pods) {
      assertThat(SCENE.client().pods().resource(pod).evict()).isTrue();
    }
    Set<String> evicted =
        pods.stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    Eventually.is(
        "the evicted pods are gone",
        () -> Collections.disjoint(orders.pods().keySet(), evicted),
        () -> orders.pods().toString());
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).as("Flink's own recovery").isEqualTo(Job.jobId(before));
    goesOn(after);
  }

  @Test
  @Order(20)
  void bringsItsJobBackWhenTheJobManagerDies() {
    JsonNode before = orders.givenRunning();
    Victim jobManager = Victim.of(SCENE, orders, "jobmanager");

    try (var engine = new Engine(SCENE, before)) {
      jobManager.delete();
      jobManager.awaitDead();
      engine.awaitFullyRunning();
    }
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).as("Flink's own recovery").isEqualTo(Job.jobId(before));
    assertThat(orders.revisions()).containsExactly(before.at("/status/running/revision").asText());
    goesOn(after);
  }

  /** What came after the newest checkpoint is written again, and counted once. */
  private void goesOn(JsonNode job) {
    long event = orders.output().lastWritten();
    Report report = orders.output().exactThrough(Job.jobId(job), event + A_FEW);
    System.out.printf("written again after failures so far: %d%n", report.writtenAgain());
  }

  /** An Event tells of a step that is over: the operator dies in the next one. */
  static Stream<String> events() {
    return Scene.FULL
        ? Stream.of(
            "Upgrade",
            "Claim",
            "Prepare",
            "Park",
            "TakeSnapshot",
            "Fence",
            "Submit",
            "AwaitHealthy")
        : Stream.of("Park", "Fence");
  }

  @ParameterizedTest(name = "after {0}")
  @MethodSource("events")
  @Order(30)
  void endsAnUpgradeWellWhenTheOperatorDies(String event) {
    JsonNode before = orders.givenRunning();
    String image = before.at("/spec/image").asText().endsWith("v1") ? "v2" : "v1";
    long told = orders.events().stream().filter(event::equals).count();
    long done = orders.events().stream().filter("UpgradeDone"::equals).count();

    orders.patch("{\"spec\":{\"image\":\"%s%s\"}}".formatted(Scene.IMAGE, image));
    Eventually.is(
        "the event " + event,
        () -> orders.events().stream().filter(event::equals).count() > told,
        () -> orders.events().toString());
    operators.kill();
    List<String> atTheKill = orders.events();
    JsonNode after = orders.awaitRunning();

    assertThat(atTheKill.stream().filter("UpgradeDone"::equals).count())
        .as("upgrades done when the operator was killed: it was in the middle of this one")
        .isEqualTo(done);
    assertThat(after.at("/status/running/image").asText()).endsWith(image);
    assertThat(Job.condition(after, "RolledBack").at("/status").asText()).isEqualTo("False");
    orders.output().exactThrough(Job.jobId(after));
  }
}
