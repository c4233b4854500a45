package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.storage.InMemorySnapshotStore.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys of the storage show nowhere, whatever goes wrong. */
class SecretsTest {

  @Test
  void showsNoKeyInStatusesEventsObjectsAndLogs() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var caught = new ByteArrayOutputStream();
    try (Scene scene = new Scene();
        Stage stage = new Stage(scene);
        PrintStream tee = new PrintStream(caught, true, StandardCharsets.UTF_8)) {
      System.setOut(tee);
      System.setErr(tee);
      goThroughEverything(scene, stage);
      assertThat(scene.cluster.everything()).contains("orders").doesNotContain("canary");
      assertThat(scene.asked.toString()).doesNotContain("canary");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(caught.toString(StandardCharsets.UTF_8)).contains("orders").doesNotContain("canary");
  }

  private static void goThroughEverything(Scene scene, Stage stage) {
    scene.applyJob("image: example/orders:1");
    for (Fault fault :
        new Fault[] {
          Fault.CredentialsRefused, Fault.AccessDenied, Fault.BucketMissing, Fault.Unreachable
        }) {
      scene.store.inject(fault);
      stage.rounds(3);
    }
    scene.store.inject(Fault.None);
    Map<String, String> keys = scene.cluster.secret("shop", "streamjob-storage").orElseThrow();
    scene.cluster.putSecret("shop", "streamjob-storage", Map.of("accessKey", "canary-only"));
    stage.rounds(3);
    scene.cluster.putSecret(
        "shop",
        "streamjob-storage",
        Map.of("accessKey", "canary-wrong", "secretKey", "canary\nwrong"));
    stage.rounds(3);
    scene.cluster.putSecret("shop", "streamjob-storage", keys);
    stage.settle();
    scene.applySavepoint("by-hand", "Delete");
    stage.settle();
    scene.applyJob("image: example/orders:2");
    stage.settle();
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    scene.deleteJob();
    stage.settle();
  }
}
