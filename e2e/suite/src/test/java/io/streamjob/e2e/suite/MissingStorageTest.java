package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Storage that is not there says so, and what to do, and is taken up once it is. */
class MissingStorageTest {

  @RegisterExtension static final Scene SCENE = new Scene("nostore");

  @Test
  @Order(10)
  void namesASecretThatIsMissingAndGoesOnOnceItIsThere() {
    Job orders = new Job(SCENE, "orders");
    SCENE.deleteStorageSecret();

    orders.apply();
    JsonNode waiting = orders.awaitReason("Ready", "SecretMissing");

    assertThat(Job.message(waiting, "Ready")).contains(Scene.STORAGE_SECRET, "create it");
    SCENE.createStorageSecret();
    JsonNode job = orders.awaitRunning();
    orders.output().exactThrough(Job.jobId(job));
    orders.cancelAndDelete();
  }

  @Test
  @Order(20)
  void namesABucketThatIsMissing() {
    Job orders = new Job(SCENE, "homeless").with("spec.storage.profile", "nobucket");

    orders.apply();
    JsonNode waiting = orders.awaitReason("Ready", "StorageBucketMissing");

    assertThat(Job.message(waiting, "Ready")).contains("no-such-bucket");
    assertThat(waiting.at("/status/running").isMissingNode()).as("nothing was submitted").isTrue();
    orders.cancelAndDelete();
  }

  @Test
  @Order(30)
  void namesAStorageProfileThatTheOperatorDoesNotHave() {
    Job orders = new Job(SCENE, "unknown").with("spec.storage.profile", "no-such-profile");

    orders.apply();
    JsonNode failed = orders.awaitGivenUp();

    assertThat(Job.reason(failed, "Stalled")).isEqualTo("InvalidSpec");
    assertThat(Job.message(failed, "Stalled"))
        .contains("spec.storage.profile", "no-such-profile", "default", "nobucket");
    assertThat(orders.pods()).isEmpty();
    orders.cancelAndDelete();
  }
}
