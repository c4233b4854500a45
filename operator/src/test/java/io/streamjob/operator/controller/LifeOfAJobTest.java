package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.manifest.Anchor;
import io.streamjob.operator.manifest.HighAvailability;
import io.streamjob.operator.manifest.StoredRevision;
import io.streamjob.operator.manifest.Transport;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The usual course of things. */
class LifeOfAJobTest {

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    assertThat(scene.violations).isEmpty();
  }

  private void run(String spec) {
    scene.applyJob(spec);
    stage.settle();
  }

  @Test
  void runsANewJob() {
    run("image: example/orders:1");
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.flink(1).submissions()).hasSize(1);
    assertThat(scene.startedFrom(1)).isEmpty();
  }

  @Test
  void upgradesFromTheSavepointThatStoppedTheOldVersion() {
    run("image: example/orders:1");
    run("image: example/orders:2");
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.running()).containsExactly(2);
    assertThat(scene.asked("stop")).hasSize(1);
    assertThat(scene.startedFrom(2)).startsWith(Scene.FOLDER + "/savepoints/");
    Savepoint taken = scene.savepoints().getFirst();
    assertThat(taken.getStatus().location()).isEqualTo(scene.startedFrom(2));
    assertThat(taken.getStatus().origin()).isEqualTo("Upgrade");
    assertThat(SavepointPass.isOver(taken)).isTrue();
  }

  @Test
  void suspendsAndResumes() {
    run("image: example/orders:1");
    run("{image: example/orders:1, state: Suspended}");
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "UpToDate");
    assertThat(scene.running()).isEmpty();
    String kept = scene.job().getStatus().nextRestore().location();
    run("{image: example/orders:1, state: Running}");
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.startedFrom(2)).isEqualTo(kept);
  }

  @Test
  void deletesAJobWithALastSavepoint() {
    run("image: example/orders:1");
    scene.deleteJob();
    stage.settle();
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
    assertThat(scene.running()).isEmpty();
    assertThat(scene.cluster.list(ControllerRevision.class, Scene.NAMESPACE)).isEmpty();
    Savepoint last = scene.savepoints().getFirst();
    assertThat(scene.condition(last, "Ready").orElseThrow().reason()).isEqualTo("Verified");
    assertThat(last.getStatus().origin()).isEqualTo("Delete");
  }

  @Test
  void deletesAJobWithoutASavepointWhenItsNamespaceGoes() {
    run("image: example/orders:1");
    scene.cluster.terminate(Scene.NAMESPACE);
    scene.deleteJob();
    stage.settle();
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
    assertThat(scene.running()).isEmpty();
    assertThat(scene.savepoints()).isEmpty();
    assertThat(scene.asked("stop")).isEmpty();
  }

  @Test
  void doesNotStartEmptyInSilenceWhereAnEarlierJobOfItsNameWas() {
    run("image: example/orders:1");
    String earlier = scene.job().getMetadata().getUid();
    scene.deleteJob();
    stage.settle();
    int submissions = scene.asked("submit").size();

    scene.applyJob("image: example/orders:1");
    stage.rounds(5);

    assertThat(scene.is()).containsExactly("Stalled");
    assertThat(scene.condition("Stalled").orElseThrow().reason()).isEqualTo("StateExists");
    assertThat(scene.condition("Stalled").orElseThrow().message())
        .contains(Scene.FOLDER, "shop/orders", earlier, "initialState.from.empty: {}");
    assertThat(scene.running()).isEmpty();
    assertThat(scene.cluster.list(ControllerRevision.class, Scene.NAMESPACE)).isEmpty();
    assertThat(scene.asked("submit")).hasSize(submissions);

    run("{image: example/orders:1, initialState: {from: {empty: {}}}}");
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.startedFrom(2)).isEmpty();
    assertThat(scene.store.keys()).anyMatch(key -> key.contains("/savepoints/"));
  }

  @Test
  void startsFromTheLastSavepointOfAnEarlierJobOfItsName() {
    run("image: example/orders:1");
    scene.deleteJob();
    stage.settle();
    Savepoint last = scene.savepoints().getFirst();

    run(
        "{image: example/orders:1, initialState: {from: {savepointRef: {name: %s}}}}"
            .formatted(last.getMetadata().getName()));

    assertThat(scene.startedFrom(1)).isEqualTo(last.getStatus().location());
  }

  @Test
  void goesOnFromTheNewestCheckpointWhenTheJobManagerIsLost() {
    run("image: example/orders:1");
    scene.putCheckpoint(scene.jobId(), 6);
    String newest = scene.putCheckpoint(scene.jobId(), 7);
    scene.flink(1).restartJobManager();
    stage.rounds(1).settle();
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.running()).containsExactly(2);
    assertThat(scene.startedFrom(2)).isEqualTo(newest);
  }

  @Test
  void waitsRatherThanStartsEmptyWhenTheCheckpointsAreGone() {
    run("image: example/orders:1");
    scene.flink(1).restartJobManager();
    stage.rounds(20);
    assertThat(scene.is()).contains("Stalled");
    assertThat(scene.condition("Stalled").orElseThrow().reason()).isEqualTo("CheckpointMissing");
    assertThat(scene.asked("submit")).hasSize(1);
  }

  @Test
  void writesNothingForAJobThatRuns() {
    run("image: example/orders:1");
    isIdle();
  }

  @Test
  void writesNothingForAJobThatIsSuspended() {
    run("image: example/orders:1");
    run("{image: example/orders:1, state: Suspended}");
    isIdle();
  }

  private void isIdle() {
    var writes = scene.cluster.writes();
    var events = scene.cluster.events();
    for (int i = 0; i < 10; i++) {
      stage.rounds(1);
      scene.hands.move(Duration.ofMinutes(10));
    }
    assertThat(scene.cluster.writes()).isEqualTo(writes);
    assertThat(scene.cluster.events()).isEqualTo(events);
  }

  @Test
  void takesNothingOverFromAnEarlierJobOfItsName() {
    HasMetadata anchor = Anchor.of(Scene.NAMES, "gone");
    scene.cluster.createIfAbsent(anchor);
    scene.cluster.createIfAbsent(
        Cluster.ownedBy(
            StoredRevision.store(
                new HighAvailability(Scene.NAMES, "gone", 1),
                Samples.revision("example/orders:old"),
                scene.profiles.get("default"),
                Transport.PLAIN),
            scene.cluster.fresh(anchor).orElseThrow()));
    scene.applyJob("image: example/orders:1");
    stage.rounds(4);
    assertThat(scene.condition("Reconciling").orElseThrow().reason()).isEqualTo("NameTaken");
    assertThat(scene.running()).isEmpty();
    scene.cluster.remove(scene.cluster.find(ControllerRevision.class, "orders-1").orElseThrow());
    stage.settle();
    assertThat(scene.job().getStatus().running().image()).isEqualTo("example/orders:1");
  }

  @Test
  void saysWhatTheApiServerRefuses() {
    scene.cluster.refuse(Service.class);
    scene.applyJob("image: example/orders:1");
    stage.rounds(6);
    assertThat(scene.condition("Reconciling").orElseThrow().message())
        .contains("admission says no to Service");
  }

  @Test
  void keepsAJobWhoseLastSavepointCannotBeRecordedUntilNoneIsWanted() {
    run("image: example/orders:1");
    scene.cluster.refuse(Savepoint.class);
    scene.deleteJob();
    stage.rounds(50);
    assertThat(scene.running()).containsExactly(1);
    assertThat(scene.asked("stop")).isEmpty();
    assertThat(scene.condition("Reconciling").orElseThrow().reason()).isEqualTo("ApiServerRefused");
    scene.applyJob("{image: example/orders:1, onDelete: Cancel}");
    stage.rounds(20);
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
    assertThat(scene.running()).isEmpty();
  }

  @Test
  void asksForTheSecretOfTheStorage() {
    scene.cluster.removeSecret(Scene.NAMESPACE, "streamjob-storage");
    scene.applyJob("image: example/orders:1");
    stage.rounds(6);
    assertThat(scene.condition("Reconciling").orElseThrow().reason()).isEqualTo("SecretMissing");
    assertThat(scene.asked("submit")).isEmpty();
  }
}
