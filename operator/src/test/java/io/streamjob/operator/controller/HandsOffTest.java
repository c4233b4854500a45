package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.storage.SnapshotPath;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator does not understand, it does not touch. */
class HandsOffTest {

  private final Scene scene = new Scene();
  private String jobId = "";

  @BeforeEach
  void run() {
    scene.applyJob("image: example/orders:1");
    try (Stage stage = new Stage(scene)) {
      stage.settle();
    }
    jobId = scene.jobId();
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private void machine(String text) {
    StreamJob job = scene.job();
    StreamJobStatus old = job.getStatus();
    job.setStatus(
        new StreamJobStatus(
            old.observedGeneration(),
            old.conditions(),
            old.replicas(),
            old.selector(),
            old.running(),
            old.restoredFrom(),
            old.nextRestore(),
            old.upgrade(),
            old.history(),
            text));
    scene.cluster.replace(job);
  }

  private void isStalledAndUntouched(String reason) {
    var asked = List.copyOf(scene.asked);
    var writes = scene.cluster.writes();
    try (Stage stage = new Stage(scene)) {
      stage.rounds(5);
    }
    assertThat(scene.is()).containsExactly("Stalled");
    assertThat(scene.condition("Stalled").orElseThrow().reason()).isEqualTo(reason);
    assertThat(scene.asked).isEqualTo(asked);
    assertThat(scene.running()).containsExactly(1);
    // All that was written is the sentence that says so, once.
    assertThat(scene.cluster.writes()).hasSize(writes.size() + 1);
    assertThat(scene.cluster.writes()).last().isEqualTo("status StreamJob/orders");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\":99,\"state\":{\"no\":\"idea\"}}",
        "{\"version\":1}",
        "nonsense",
        "{}"
      })
  void touchesNothingOfAnotherFormat(String text) {
    machine(text);
    scene.applyJob("image: example/orders:2");
    isStalledAndUntouched("ForeignState");
    assertThat(scene.job().getStatus().machine()).isEqualTo(text);
    assertThat(scene.job().getStatus().running().jobId()).isEqualTo(jobId);
  }

  @Test
  void doesNotEvenDeleteAJobOfAnotherFormat() {
    machine("{\"version\":99}");
    scene.deleteJob();
    isStalledAndUntouched("ForeignState");
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isPresent();
  }

  @Test
  void touchesNothingWhenTheStatusSpeaksOfAnotherObject() {
    String uid = scene.job().getMetadata().getUid();
    machine(scene.job().getStatus().machine().replace(uid, "of-another-cluster"));
    scene.applyJob("image: example/orders:2");
    isStalledAndUntouched("ForeignState");
    assertThat(scene.condition("Stalled").orElseThrow().message())
        .contains("of-another-cluster", "spec.initialState");
    assertThat(scene.job().getStatus().machine()).contains("of-another-cluster");
  }

  @Test
  void removesACopyThatIsDeletedAndKeepsItsFiles() {
    String checkpoint = scene.putCheckpoint(jobId, 7);
    String uid = scene.job().getMetadata().getUid();
    machine(scene.job().getStatus().machine().replace(uid, "of-another-cluster"));
    scene.deleteJob();
    try (Stage stage = new Stage(scene)) {
      stage.settle();
    }
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
    assertThat(scene.running()).isEmpty();
    assertThat(scene.asked("stop")).isEmpty();
    assertThat(scene.store.keys()).contains(SnapshotPath.parse(checkpoint).key() + "/_metadata");
  }

  @Test
  void touchesNothingWhenTheStatusWasWipedBesideRunningPods() {
    StreamJob job = scene.job();
    job.setStatus(null);
    scene.cluster.replace(job);
    isStalledAndUntouched("StateLost");
  }
}
