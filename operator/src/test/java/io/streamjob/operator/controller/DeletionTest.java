package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.flink.ScriptedFlink.Outage;
import io.streamjob.operator.storage.InMemorySnapshotStore.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deletion in the middle of a savepoint, and what it needs goes as well: nothing hangs. */
class DeletionTest {

  /** A little over a minute. */
  private static final int ROUNDS = 12;

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @BeforeEach
  void run() {
    scene.applyJob("image: example/orders:1");
    stage.settle();
    scene.flink(1).holdStops();
  }

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    assertThat(scene.violations).isEmpty();
  }

  private void beginToDelete() {
    scene.deleteJob();
    awaitStop();
  }

  private void awaitStop() {
    for (int i = 0; i < ROUNDS && scene.asked("stop").isEmpty(); i++) {
      stage.rounds(1);
    }
    assertThat(scene.asked("stop")).isNotEmpty();
  }

  private void beginToUpgrade() {
    scene.applyJob("image: example/orders:2");
    awaitStop();
  }

  /** The JobManager is silent, its pods linger, and nobody can look into the storage. */
  private void everythingFails() {
    scene.store.inject(Fault.Unreachable);
    scene.flink(1).outage(Outage.CLOSES_CONNECTIONS);
  }

  private void isGone() {
    assertThat(scene.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
    assertThat(scene.running()).isEmpty();
  }

  @Test
  void waitsForTheStorageOfANamespaceThatStays() {
    beginToDelete();
    everythingFails();
    stage.rounds(ROUNDS);
    assertThat(scene.condition("Reconciling").orElseThrow().reason())
        .isEqualTo("StorageUnreachable");
    scene.store.inject(Fault.None);
    scene.flink(1).outage(Outage.NONE);
    scene.flink(1).completeSnapshots();
    stage.rounds(ROUNDS);
    isGone();
    assertThat(scene.condition(scene.savepoints().getFirst(), "Ready").orElseThrow().reason())
        .isEqualTo("Verified");
  }

  @Test
  void doesNotHoldUpANamespaceThatGoesInTheMiddleOfTheLastSavepoint() {
    beginToDelete();
    everythingFails();
    scene.cluster.terminate(Scene.NAMESPACE);
    stage.rounds(ROUNDS);
    isGone();
  }

  @Test
  void doesNotHoldUpANamespaceThatGoesInTheMiddleOfAnUpgrade() {
    beginToUpgrade();
    everythingFails();
    scene.cluster.terminate(Scene.NAMESPACE);
    scene.deleteJob();
    stage.rounds(ROUNDS);
    isGone();
  }

  @Test
  void goesWithoutTheSavepointOfAnUpgradeWhenNoneIsWanted() {
    beginToUpgrade();
    everythingFails();
    scene.deleteJob();
    stage.rounds(ROUNDS);
    assertThat(scene.running()).containsExactly(1, 2);
    scene.applyJob("{image: example/orders:1, onDelete: Cancel}");
    stage.rounds(ROUNDS);
    isGone();
  }

  @Test
  void goesWhenSomebodyElseRemovedItsClusterInTheMiddleOfTheLastSavepoint() {
    beginToDelete();
    removeDeployments(1);
    stage.rounds(ROUNDS);
    isGone();
  }

  private void removeDeployments(int revision) {
    scene.cluster.list(Deployment.class, Scene.NAMESPACE).stream()
        .filter(deployment -> Scene.revision(deployment) == revision)
        .forEach(scene.cluster::remove);
    scene.cluster.cached().stream()
        .filter(object -> object.getMetadata().getLabels() != null)
        .filter(object -> object.getMetadata().getLabels().containsKey("streamjob.io/revision"))
        .filter(object -> Scene.revision(object) == revision)
        .filter(object -> !object.getKind().equals("ControllerRevision"))
        .forEach(scene.cluster::remove);
  }

  @Test
  void recoversAndUpgradesWhenSomebodyElseRemovedItsClusterInTheMiddle() {
    String newest = scene.putCheckpoint(scene.jobId(), 3);
    beginToUpgrade();
    removeDeployments(1);
    stage.settle();
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.job().getStatus().running().image()).isEqualTo("example/orders:2");
    assertThat(scene.asked("submit")).anyMatch(line -> line.contains(newest));
  }

  /**
   * Kubernetes would delete it in a foreground deletion, and take its owner away in an orphaning.
   */
  @Test
  void nothingIsOwnedByTheJobItself() {
    String uid = scene.job().getMetadata().getUid();
    assertThat(scene.cluster.cached())
        .filteredOn(object -> !(object instanceof Pod))
        .hasSizeGreaterThan(5)
        .allSatisfy(object ->
            assertThat(object.getMetadata().getOwnerReferences())
                .noneMatch(owner -> owner.getUid().equals(uid)));
  }

  @Test
  void leavesNothingBehindThatItsCachesHaveNotSeen() {
    try (var other = new Scene();
        var fresh = new Stage(other)) {
      other.cluster.lag(Deployment.class, 1000);
      other.cluster.lag(Pod.class, 1000);
      other.applyJob("image: example/orders:1");
      fresh.rounds(4);
      assertThat(other.running()).containsExactly(1);
      other.deleteJob();
      fresh.rounds(8);
      assertThat(other.cluster.find(StreamJob.class, Scene.JOB)).isEmpty();
      assertThat(other.cluster.list(HasMetadata.class, Scene.NAMESPACE)).isEmpty();
    }
  }
}
