package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointSpec.DeletionPolicy;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.storage.InMemorySnapshotStore.Fault;
import io.streamjob.operator.storage.SnapshotPath;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Savepoints by hand, by plan, and their end. */
class SavepointsTest {

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    assertThat(scene.violations).isEmpty();
  }

  private void runJob(String spec) {
    scene.applyJob(spec);
    stage.settle();
  }

  private void runJob() {
    runJob("image: example/orders:1");
  }

  private Savepoint take(String deletionPolicy) {
    scene.applySavepoint("by-hand", deletionPolicy);
    stage.settle();
    return scene.savepoint("by-hand");
  }

  private Condition condition(String type) {
    return scene.condition(scene.savepoint("by-hand"), type).orElseThrow();
  }

  private boolean isThere() {
    return scene.cluster.find(Savepoint.class, "by-hand").isPresent();
  }

  private List<String> files(String location) {
    String prefix = SnapshotPath.parse(location).prefix();
    return scene.store.keys().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  // ---- by hand

  @Test
  void takesOneAndVerifiesIt() {
    runJob();
    SavepointStatus status = take("Retain").getStatus();
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
    assertThat(scene.asked("savepoint")).hasSize(1);
    String id = scene.asked("savepoint").getFirst().split(" ", -1)[2];
    assertThat(status.location()).startsWith(Scene.FOLDER + "/savepoints/" + id + "/savepoint-");
    assertThat(status.origin()).isEqualTo("User");
    assertThat(status.operators()).isNotEmpty();
    assertThat(status.sizeBytes()).isPositive();
    assertThat(status.machine()).isNull();
    assertThat(scene.is()).contains("Ready", "JobRunning");
  }

  @Test
  void writesNothingOnceItIsComplete() {
    runJob();
    take("Retain");
    var writes = scene.cluster.writes();
    stage.rounds(5);
    assertThat(scene.cluster.writes()).isEqualTo(writes);
  }

  @Test
  void isTakenOnceWhereverTheOperatorIsRestarted() {
    for (int passes = 1; passes < 12; passes++) {
      try (Scene other = new Scene()) {
        try (Stage first = new Stage(other)) {
          other.applyJob("image: example/orders:1");
          first.settle();
          other.applySavepoint("by-hand", "Retain");
          first.settle(first.passes() + passes);
        }
        try (Stage second = new Stage(other)) {
          second.settle();
        }
        Savepoint taken = other.savepoint("by-hand");
        assertThat(other.condition(taken, "Ready").orElseThrow().reason()).isEqualTo("Verified");
        assertThat(other.asked("savepoint").stream().distinct()).hasSize(1);
      }
    }
  }

  @Test
  void waitsForItsJobToExist() {
    scene.applySavepoint("by-hand", "Retain");
    stage.rounds(2);
    assertThat(condition("Reconciling").reason()).isEqualTo("JobMissing");
    runJob();
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
  }

  @Test
  void waitsForTheEndOfAnUpgrade() {
    runJob();
    scene.script(2, flink -> flink.slots(0));
    scene.applyJob("image: example/orders:2");
    stage.rounds(3);
    scene.applySavepoint("by-hand", "Retain");
    stage.rounds(2);
    assertThat(condition("Reconciling").reason()).isEqualTo("JobBusy");
    assertThat(scene.asked("savepoint")).isEmpty();
    scene.flink(2).slots(4);
    stage.settle();
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
    assertThat(scene.asked("savepoint").getFirst()).contains(scene.jobId());
  }

  @Test
  void givesUpAfterThreeFailuresAndSaysWhy() {
    runJob();
    scene.beforeSavepoint = request -> scene.flink(1).forbid(request.targetDirectory());
    take("Retain");
    assertThat(condition("Stalled").status()).isEqualTo(Condition.Status.True);
    assertThat(condition("Stalled").reason()).isEqualTo("SavepointFailed");
    assertThat(condition("Stalled").message()).contains("Failed to create savepoint directory");
    assertThat(scene.asked("savepoint").stream().distinct()).hasSize(3);
    assertThat(scene.is()).contains("Ready");
  }

  @Test
  void findsItInItsFolderWhenTheReplyIsLost() {
    runJob();
    String jobId = scene.jobId();
    scene
        .flink(1)
        .onSnapshot((location, what) -> {
          scene.complete(SnapshotPath.parse(location));
          scene.flink(1).restartJobManager();
          scene.flink(1).run(jobId, 1);
        });
    take("Retain");
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
    assertThat(scene.asked("savepoint")).hasSize(1);
  }

  @Test
  void isCorruptWhenAFileIsMissing() {
    runJob();
    scene.flink(1).onSnapshot((location, what) -> scene.damage(SnapshotPath.parse(location)));
    take("Retain");
    assertThat(condition("Stalled").status()).isEqualTo(Condition.Status.True);
    assertThat(condition("Stalled").reason()).isEqualTo("StorageCorrupt");
  }

  // ---- by plan

  @Test
  void isNotCalledLostForAStaleView() {
    runJob();
    scene.applyJob("image: example/orders:2");
    stage.settle(stage.passes() + 1);
    // The upgrade is planned; from now on its steps are seen late.
    scene.cluster.lag(StreamJob.class, 4);
    stage.rounds(40);
    scene.cluster.lag(StreamJob.class, 0);
    stage.settle();
    assertThat(scene.savepoints()).hasSize(1);
    assertThat(scene.condition(scene.savepoints().getFirst(), "Ready").orElseThrow().reason())
        .isEqualTo("Verified");
  }

  // ---- the end

  @Test
  void leavesTheFilesWhenTheyAreToBeRetained() {
    runJob();
    String location = take("Retain").getStatus().location();
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.settle();
    assertThat(isThere()).isFalse();
    assertThat(files(location)).isNotEmpty();
  }

  @Test
  void deletesTheFilesWhenThatIsAskedFor() {
    runJob();
    String location = take("Delete").getStatus().location();
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.settle();
    assertThat(isThere()).isFalse();
    assertThat(files(location)).isEmpty();
  }

  @Test
  void deletesTheFilesWhenTheStorageIsBack() {
    runJob();
    String location = take("Delete").getStatus().location();
    scene.store.inject(Fault.Unreachable);
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.rounds(4);
    assertThat(condition("Reconciling").reason()).isEqualTo("StorageUnreachable");
    scene.store.inject(Fault.None);
    stage.rounds(3);
    assertThat(isThere()).isFalse();
    assertThat(files(location)).isEmpty();
  }

  @Test
  void goesWithItsNamespaceWhenTheStorageIsOutOfReach() {
    runJob();
    String location = take("Delete").getStatus().location();
    scene.store.inject(Fault.Unreachable);
    scene.cluster.terminate(Scene.NAMESPACE);
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.rounds(4);
    assertThat(isThere()).isFalse();
    scene.store.inject(Fault.None);
    assertThat(files(location)).isNotEmpty();
  }

  /** A job is suspended with this savepoint; its owner then wants it and its files gone. */
  private Savepoint askForTheEndOfTheOnlyState() {
    runJob();
    runJob("{image: example/orders:1, state: Suspended}");
    Savepoint only = scene.savepoints().getFirst();
    only.setSpec(
        new SavepointSpec(only.getSpec().source(), only.getSpec().format(), DeletionPolicy.Delete));
    scene.cluster.replace(only);
    scene.cluster.markForDeletion(only);
    return only;
  }

  @Test
  void keepsTheFilesThatAJobStartsFromUntilItHasItsOwn() {
    Savepoint only = askForTheEndOfTheOnlyState();
    String name = only.getMetadata().getName();
    stage.rounds(4);
    assertThat(scene.condition(scene.savepoint(name), "Reconciling").orElseThrow().reason())
        .isEqualTo("Held");
    assertThat(files(only.getStatus().location())).isNotEmpty();
    runJob("{image: example/orders:1, state: Running}");
    assertThat(scene.startedFrom(2)).isEqualTo(only.getStatus().location());
    stage.rounds(3);
    assertThat(scene.cluster.find(Savepoint.class, name)).isEmpty();
    assertThat(files(only.getStatus().location())).isEmpty();
  }

  @Test
  void keepsTheFilesThatACacheDoesNotKnowToBeNeeded() {
    Savepoint only = askForTheEndOfTheOnlyState();
    // So far behind that the job looks as if it had never been stopped.
    scene.cluster.lag(StreamJob.class, 1000);
    try (Stage stale = new Stage(scene)) {
      stale.rounds(4);
    }
    assertThat(files(only.getStatus().location())).isNotEmpty();
    assertThat(scene.savepoints()).hasSize(1);
  }

  @Test
  void deletesNothingOutsideTheNamespacesFolder() {
    runJob();
    Savepoint forged = take("Delete");
    String other = "s3://bucket/jobs/other/orders/savepoints/0123/savepoint-a-b";
    scene.complete(SnapshotPath.parse(other));
    SavepointStatus old = forged.getStatus();
    forged.setStatus(
        new SavepointStatus(
            old.observedGeneration(),
            old.conditions(),
            other,
            old.origin(),
            old.profile(),
            old.checkpointId(),
            old.metadataVersion(),
            old.size(),
            old.sizeBytes(),
            old.files(),
            old.durationMillis(),
            old.completed(),
            old.operators(),
            null));
    scene.cluster.replace(forged);
    scene.cluster.markForDeletion(forged);
    stage.rounds(4);
    assertThat(files(other)).isNotEmpty();
    assertThat(condition("Reconciling").reason()).isEqualTo("StorageOutsideBoundary");
  }
}
