package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.streamjob.e2e.job.Report;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that die. Alone, because the operator is one of them. */
@Isolated
class FailureTest {

  private static final String OPERATOR_NAMESPACE = "streamjob";

  private static final int A_FEW = 400;

  @RegisterExtension static final Scene SCENE = new Scene("failure");

  private final Job orders = new Job(SCENE, "orders");

  @AfterEach
  void awaitTheOperator() {
    Eventually.is(
        "the operator is ready",
        () ->
            SCENE.client().pods().inNamespace(OPERATOR_NAMESPACE).list().getItems().stream()
                .anyMatch(FailureTest::isReady),
        () -> "no ready pod");
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  @Test
  @Order(10)
  void goesOnFromTheNewestCheckpointWhenATaskManagerDies() {
    JsonNode before = orders.givenRunning();

    kill(pod("taskmanager"));
    orders.await(
        "notices", job -> !Job.condition(job, "JobRunning").at("/status").asText().equals("True"));
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).as("Flink's own recovery").isEqualTo(Job.jobId(before));
    goesOn(after);
  }

  @Test
  @Order(20)
  void goesOnFromTheNewestCheckpointWhenTheJobManagerDies() {
    JsonNode before = orders.givenRunning();
    String checkpoint = newestCheckpoint();

    kill(pod("jobmanager"));
    orders.await(
        "notices", job -> !Job.condition(job, "JobRunning").at("/status").asText().equals("True"));
    JsonNode after = orders.awaitRunning();

    assertThat(checkpoint).isNotEmpty();
    assertThat(Job.jobId(after)).as("Flink's own recovery").isEqualTo(Job.jobId(before));
    goesOn(after);
  }

  private String newestCheckpoint() {
    return SCENE.objects().below(orders.state()).stream()
        .filter(key -> key.contains("/chk-") && key.endsWith("/_metadata"))
        .findFirst()
        .orElse("");
  }

  /** What came after the newest checkpoint is written again, and counted once. */
  private void goesOn(JsonNode job) {
    long event = orders.output().lastWritten();
    Report report = orders.output().exactThrough(Job.jobId(job), event + A_FEW);
    System.out.printf("written again after failures so far: %d%n", report.writtenAgain());
  }

  @ParameterizedTest(name = "step {0}")
  @ValueSource(strings = {"TakeSnapshot", "AwaitHealthy"})
  @Order(30)
  void endsAnUpgradeWellWhenTheOperatorDies(String step) {
    JsonNode before = orders.givenRunning();
    String image = before.at("/spec/image").asText().endsWith("v1") ? "v2" : "v1";
    long told = orders.events().stream().filter(step::equals).count();
    long done = orders.events().stream().filter("UpgradeDone"::equals).count();

    orders.patch("{\"spec\":{\"image\":\"%s%s\"}}".formatted(Scene.IMAGE, image));
    Eventually.is(
        "the event " + step,
        () -> orders.events().stream().filter(step::equals).count() > told,
        () -> orders.events().toString());
    killOperator();
    List<String> atTheKill = orders.events();
    JsonNode after = orders.awaitRunning();

    assertThat(atTheKill.stream().filter("UpgradeDone"::equals).count())
        .as("upgrades done when the operator was killed: it was in the middle of this one")
        .isEqualTo(done);
    assertThat(after.at("/status/running/image").asText()).endsWith(image);
    assertThat(Job.condition(after, "RolledBack").at("/status").asText()).isEqualTo("False");
    orders.output().exactThrough(Job.jobId(after));
  }

  private void killOperator() {
    SCENE.client().pods().inNamespace(OPERATOR_NAMESPACE).list().getItems().forEach(this::kill);
  }

  private Pod pod(String component) {
    return orders.podList().stream()
        .filter(
            pod -> component.equals(pod.getMetadata().getLabels().get("streamjob.io/component")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no pod of the " + component));
  }

  private void kill(Pod pod) {
    SCENE.client().resource(pod).withGracePeriod(0).delete();
  }
}
