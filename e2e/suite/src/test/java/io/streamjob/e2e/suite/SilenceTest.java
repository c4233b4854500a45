package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JobManager that never answers again. */
class SilenceTest {

  @RegisterExtension static final Scene SCENE = new Scene("silence");

  private final Job orders = new Job(SCENE, "orders");

  /** Somebody has scaled it down, which the operator does not undo. */
  @Test
  void isReplacedByANewVersionThatStartsFromItsNewestCheckpoint() {
    orders.apply();
    JsonNode before = orders.awaitRunning();
    SCENE
        .client()
        .apps()
        .deployments()
        .inNamespace(SCENE.namespace())
        .withName(before.at("/status/running/service").asText() + "-jobmanager")
        .scale(0);

    orders.image("v2").apply();
    JsonNode after = orders.awaitRunning();

    assertThat(orders.events()).contains("JobManagerSilent");
    assertThat(after.at("/status/running/image").asText()).endsWith("v2");
    assertThat(after.at("/status/restoredFrom/location").asText())
        .contains("/checkpoints/" + Job.jobId(before));
    orders.output().exactThrough(Job.jobId(after));
  }
}
