package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.flink.SubmissionFault;
import io.streamjob.operator.storage.InMemorySnapshotStore.Fault;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys of the storage show nowhere, whatever goes wrong and whoever quotes them. */
class SecretsTest {

  private static final String QUOTED =
      "403 for canary-access: canary-secret was expected; " + "x".repeat(430) + " canary-secret";

  @Test
  void showsNoKeyInStatusesEventsObjectsAndLogs() throws IOException {
    try (CapturedLog log = new CapturedLog();
        HostileStorage hostile = new HostileStorage();
        Scene scene = new Scene()) {
      scene.storage = hostile.before(scene.store);
      // What the job itself is given is none of the operator's business.
      scene.cluster.putSecret("shop", "orders-env", Map.of("password", "canary-password"));
      try (Stage stage = new Stage(scene)) {
        meetRefusals(scene, stage, hostile);
        liveThroughFailures(scene, stage);
        // A process that has never used the keys hears of them from Flink first.
        hearOfThem(scene, stage);
      }
      try (Stage next = new Stage(scene)) {
        hearOfThem(scene, next);
        scene.cluster.markForDeletion(scene.savepoint("by-hand"));
        scene.deleteJob();
        next.settle();
      }
      assertThat(hostile.requests()).isGreaterThan(5);
      assertThat(scene.cluster.everything())
          .contains("orders", "[hidden]")
          .doesNotContain("canary", "orders-env");
      assertThat(scene.asked.toString()).doesNotContain("canary");
      assertThat(log.text()).contains("orders", "[hidden]", "DEBUG").doesNotContain("canary");
    }
  }

  private static void meetRefusals(Scene scene, Stage stage, HostileStorage hostile) {
    scene.applyJob("image: example/orders:1");
    for (Fault fault :
        new Fault[] {
          Fault.CredentialsRefused, Fault.AccessDenied, Fault.BucketMissing, Fault.Unreachable
        }) {
      scene.store.inject(fault);
      stage.rounds(3);
    }
    scene.store.inject(Fault.None);
    hostile.inTheWay(true);
    stage.rounds(12);
    hostile.inTheWay(false);
    Map<String, String> keys = scene.cluster.secret("shop", "streamjob-storage").orElseThrow();
    scene.cluster.putSecret("shop", "streamjob-storage", Map.of("accessKey", "canary-only"));
    stage.rounds(3);
    scene.cluster.putSecret(
        "shop",
        "streamjob-storage",
        Map.of("accessKey", "canary-wrong", "secretKey", "canary\nwrong"));
    hostile.inTheWay(true);
    stage.rounds(3);
    hostile.inTheWay(false);
    scene.cluster.putSecret("shop", "streamjob-storage", keys);
  }

  private static void liveThroughFailures(Scene scene, Stage stage) {
    stage.settle();
    scene.applySavepoint("by-hand", "Delete");
    stage.settle();
    scene.script(2, flink -> flink.nextSubmission(new SubmissionFault.Reject(QUOTED)));
    scene.applyJob("image: example/orders:2");
    stage.settle();
    assertThat(scene.is()).contains("RolledBack");
    scene.applyJob("image: example/orders:3");
    stage.settle();
  }

  private static void hearOfThem(Scene scene, Stage stage) {
    int revision = scene.job().getStatus().running().revision();
    String job = scene.jobId();
    scene.flink(revision).state(job, JobState.RESTARTING, "java.io.IOException: " + QUOTED);
    stage.rounds(2);
    assertThat(scene.condition("JobRunning").orElseThrow().message()).contains("[hidden]");
    scene.flink(revision).state(job, JobState.RUNNING);
    stage.settle();
  }
}
