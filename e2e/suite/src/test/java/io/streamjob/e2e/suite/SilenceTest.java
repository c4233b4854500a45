package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JobManager that never answers again. */
class SilenceTest {

  @RegisterExtension static final Scene SCENE = new Scene("silence");

  private final Job orders = new Job(SCENE, "orders");

  /** Its pod is replaced, and the new one waits for a Secret that was deleted. */
  @Test
  void isReplacedByANewVersionThatStartsFromItsNewestCheckpoint() {
    orders.apply();
    JsonNode before = orders.awaitRunning();
    Keys keys = Keys.of(SCENE, before.at("/status/running/service").asText());
    Victim jobManager = Victim.of(SCENE, orders, "jobmanager");
    SCENE.client().resource(keys.secret()).delete();
    jobManager.delete();
    jobManager.awaitDead();

    orders.image("v2").apply();
    JsonNode after = orders.awaitRunning();

    assertThat(orders.events()).contains("JobManagerSilent");
    assertThat(after.at("/status/running/image").asText()).endsWith("v2");
    assertThat(after.at("/status/restoredFrom/location").asText())
        .contains("/checkpoints/" + Job.jobId(before));
    orders.output().exactThrough(Job.jobId(after));
  }
}
