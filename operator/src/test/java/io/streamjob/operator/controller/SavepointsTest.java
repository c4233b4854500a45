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
    assertThat(status.machine()).contains(id);
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

  // ---- by hand, in flight while something else happens

  /** Flink has begun and takes its time. */
  private void begin() {
    runJob();
    scene.flink(1).holdSavepoints();
    scene.applySavepoint("by-hand", "Delete");
    stage.rounds(3);
    isUnderWay();
  }

  private void isUnderWay() {
    assertThat(condition("Reconciling").message()).isEqualTo("Flink is taking the savepoint");
  }

  /** How many savepoints Flink was asked for. */
  private void isAsked(int times) {
    assertThat(scene.asked("savepoint").stream().distinct()).hasSize(times);
  }

  private void isStalled(String reason) {
    assertThat(condition("Stalled").status()).isEqualTo(Condition.Status.True);
    assertThat(condition("Stalled").reason()).isEqualTo(reason);
  }

  private void isReady() {
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
  }

  @Test
  void isReadyThoughTheJobIsBeingUpgraded() {
    begin();
    scene.script(2, flink -> flink.slots(0));
    scene.applyJob("image: example/orders:2");
    stage.rounds(3);
    isUnderWay();
    scene.flink(1).completeSnapshots();
    stage.rounds(2);
    isReady();
    scene.flink(2).slots(4);
    stage.settle();
    assertThat(scene.running()).containsExactly(2);
    isAsked(1);
  }

  @Test
  void isFollowedOnWhenTheOperatorIsRestartedInTheMiddleOfAnUpgrade() {
    begin();
    scene.script(2, flink -> flink.slots(0));
    scene.applyJob("image: example/orders:2");
    stage.rounds(2);
    try (Stage second = new Stage(scene)) {
      second.rounds(2);
      isUnderWay();
      scene.flink(1).completeSnapshots();
      second.rounds(2);
    }
    isReady();
    isAsked(1);
  }

  @Test
  void isTakenOfTheNextRunWhenTheJobIsRescaledBeforeItIsComplete() {
    begin();
    String first = scene.jobId();
    runJob("{image: example/orders:1, parallelism: 2}");
    isReady();
    assertThat(scene.jobId()).isNotEqualTo(first);
    assertThat(scene.asked("savepoint").getLast()).contains(scene.jobId());
    isAsked(2);
  }

  @Test
  void isStalledWhenTheJobIsSuspendedBeforeItIsComplete() {
    begin();
    runJob("{image: example/orders:1, state: Suspended}");
    stage.rounds(3);
    isStalled("JobEnded");
    isAsked(1);
  }

  @Test
  void isReadyWhenItWasCompleteBeforeTheJobWasSuspendedAndFlinkHasForgottenIt() {
    begin();
    scene.flink(1).completeSnapshots();
    scene.flink(1).forgetTriggers();
    runJob("{image: example/orders:1, state: Suspended}");
    stage.rounds(3);
    isReady();
    isAsked(1);
  }

  @Test
  void isTakenOfTheNextRunWhenTheJobIsRecovered() {
    begin();
    String first = scene.jobId();
    scene.putCheckpoint(first, 7);
    scene.flink(1).restartJobManager();
    stage.settle();
    assertThat(scene.jobId()).isNotEqualTo(first);
    isReady();
    assertThat(scene.asked("savepoint").getLast()).contains(scene.jobId());
    isAsked(2);
  }

  @Test
  void isStalledWhenItsJobVanishesWithAllThatItWasMadeOf() {
    begin();
    scene.vanish();
    stage.rounds(8);
    isStalled("JobEnded");
  }

  @Test
  void isReadyWhenItsJobVanishesAfterItWasComplete() {
    begin();
    scene.flink(1).completeSnapshots();
    scene.vanish();
    stage.rounds(8);
    isReady();
  }

  @Test
  void waitsForPodsOfItsClusterThatLinger() {
    begin();
    var pods = scene.pods();
    scene.vanish();
    pods.forEach(scene.cluster::apply);
    stage.rounds(8);
    assertThat(condition("Reconciling").status()).isEqualTo(Condition.Status.True);
    assertThat(condition("Reconciling").reason()).isEqualTo("JobManagerUnreachable");
    pods.forEach(scene.cluster::remove);
    stage.rounds(8);
    isStalled("JobEnded");
  }

  // ---- what another operator wrote

  private void machine(String text) {
    Savepoint savepoint = scene.savepoint("by-hand");
    SavepointStatus old = savepoint.getStatus();
    savepoint.setStatus(
        new SavepointStatus(
            old.observedGeneration(),
            old.conditions(),
            old.location(),
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
            text));
    scene.cluster.replace(savepoint);
  }

  @Test
  void touchesNothingOfAnotherFormatAndGoesOnWhenItCanBeReadAgain() {
    begin();
    String mine = scene.savepoint("by-hand").getStatus().machine();
    machine("{\"version\":99,\"state\":{\"no\":\"idea\"}}");
    scene.flink(1).completeSnapshots();
    try (Stage other = new Stage(scene)) {
      other.rounds(3);
    }
    assertThat(condition("Stalled").reason()).isEqualTo("ForeignState");
    assertThat(condition("Stalled").message()).contains("written by a newer operator (format 99");
    assertThat(scene.savepoint("by-hand").getStatus().machine()).contains("idea");
    isAsked(1);
    machine(mine);
    stage.settle();
    assertThat(condition("Ready").reason()).isEqualTo("Verified");
    isAsked(1);
  }

  @Test
  void remainsReadyWhateverItsRecordSays() {
    runJob();
    take("Retain");
    machine("{\"version\":99}");
    stage.rounds(2);
    assertThat(condition("Ready").status()).isEqualTo(Condition.Status.True);
  }

  // ---- changes of its spec

  @Test
  void seesEveryChangeOfItsSpec() {
    runJob();
    take("Retain");
    Condition before = condition("Ready");
    scene.applySavepoint("by-hand", "Delete");
    stage.settle();
    Savepoint savepoint = scene.savepoint("by-hand");
    assertThat(savepoint.getStatus().observedGeneration()).isEqualTo(2);
    assertThat(condition("Ready").observedGeneration()).isEqualTo(2);
    assertThat(condition("Ready").lastTransitionTime()).isEqualTo(before.lastTransitionTime());
    assertThat(savepoint.getStatus().location()).isNotNull();
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

  /**
   * Where the status says that it lies is for people: what is deleted follows from its attempts.
   */
  @Test
  void deletesNothingOutsideItsAttemptsOwnFolders() {
    runJob();
    SavepointStatus old = take("Delete").getStatus();
    String neighbour = Scene.FOLDER + "/savepoints/" + "0".repeat(32) + "/savepoint-a-b";
    scene.complete(SnapshotPath.parse(neighbour));
    Savepoint forged = scene.savepoint("by-hand");
    forged.setStatus(withLocation(old, neighbour));
    scene.cluster.replace(forged);
    scene.cluster.markForDeletion(forged);
    stage.rounds(4);
    assertThat(isThere()).isFalse();
    assertThat(files(neighbour)).isNotEmpty();
    assertThat(files(old.location())).isEmpty();
  }

  private static SavepointStatus withLocation(SavepointStatus old, String location) {
    return new SavepointStatus(
        old.observedGeneration(),
        old.conditions(),
        location,
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
        old.machine());
  }

  private void askForItsEnd() {
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.rounds(3);
  }

  private List<String> allFiles() {
    return files(Scene.FOLDER + "/savepoints");
  }

  @Test
  void deletesWhatFlinkStillWritesOnceItIsWritten() {
    begin();
    askForItsEnd();
    assertThat(condition("Reconciling").message()).contains("Flink still writes it");
    scene.flink(1).completeSnapshots();
    assertThat(allFiles()).hasSize(1);
    stage.rounds(3);
    assertThat(isThere()).isFalse();
    assertThat(allFiles()).isEmpty();
  }

  @Test
  void deletesWhatAJobThatIsGoneHasLeft() {
    begin();
    String id = scene.asked("savepoint").getFirst().split(" ", -1)[2];
    String part = Scene.FOLDER + "/savepoints/" + id + "/savepoint-a-b/part";
    scene.store.put(SnapshotPath.parse(part), new byte[1]);
    scene.vanish();
    askForItsEnd();
    stage.rounds(3);
    assertThat(isThere()).isFalse();
    assertThat(allFiles()).isEmpty();
  }

  @Test
  void deletesTheFilesOfEveryAttempt() {
    begin();
    String first = scene.asked("savepoint").getFirst().split(" ", -1)[2];
    SnapshotPath part =
        SnapshotPath.parse(Scene.FOLDER + "/savepoints/" + first + "/savepoint-a-b/part");
    scene.store.put(part, new byte[1]);
    runJob("{image: example/orders:1, parallelism: 2}");
    isReady();
    askForItsEnd();
    assertThat(isThere()).isFalse();
    // The savepoint of the rescale itself belongs to another Savepoint.
    String other = scene.savepoints().getFirst().getStatus().location();
    assertThat(allFiles()).isEqualTo(files(other)).hasSize(1);
  }

  @Test
  void resumesADeletionThatWasInterruptedAnywhere() {
    for (int requests = 0; requests < 8; requests++) {
      try (Scene other = new Scene();
          Stage first = new Stage(other)) {
        other.applyJob("image: example/orders:1");
        first.settle();
        other.applySavepoint("by-hand", "Delete");
        first.settle();
        other.store.failAfter(requests);
        other.cluster.markForDeletion(other.savepoint("by-hand"));
        first.rounds(1);
        boolean isGone = other.savepoints().isEmpty();
        assertThat(isGone && !snapshots(other).isEmpty()).isFalse();
        other.store.failAfter(Integer.MAX_VALUE);
        try (Stage second = new Stage(other)) {
          second.rounds(3);
        }
        assertThat(other.savepoints()).isEmpty();
        assertThat(snapshots(other)).isEmpty();
      }
    }
  }

  /** All that lies in the storage but the name of the folder's owner. */
  private static List<String> snapshots(Scene scene) {
    return scene.store.keys().stream().filter(key -> !key.endsWith("/_owner")).toList();
  }

  @Test
  void saysHowToLetGoOfItWhenTheStorageIsGoneForGood() {
    runJob();
    String location = take("Delete").getStatus().location();
    scene.store.inject(Fault.BucketMissing);
    askForItsEnd();
    assertThat(condition("Reconciling").reason()).isEqualTo("StorageBucketMissing");
    assertThat(condition("Reconciling").message()).contains("set spec.deletionPolicy to Retain");
    scene.applySavepoint("by-hand", "Retain");
    stage.rounds(1);
    assertThat(isThere()).isFalse();
    assertThat(files(location)).isNotEmpty();
  }

  @Test
  void leavesItsFilesWhenItsNamespaceGoes() {
    begin();
    scene.cluster.terminate(Scene.NAMESPACE);
    scene.cluster.markForDeletion(scene.savepoint("by-hand"));
    stage.rounds(1);
    assertThat(isThere()).isFalse();
  }

  @Test
  void deletesNothingWhenItsRecordCannotBeRead() {
    runJob();
    String location = take("Delete").getStatus().location();
    machine("{\"version\":99}");
    askForItsEnd();
    assertThat(condition("Stalled").reason()).isEqualTo("ForeignState");
    assertThat(condition("Stalled").message())
        .contains("upgrade the operator", "set spec.deletionPolicy to Retain");
    assertThat(files(location)).isNotEmpty();
  }

  @Test
  void deletesNothingWhenItsRecordIsLost() {
    runJob();
    String location = take("Delete").getStatus().location();
    machine(null);
    askForItsEnd();
    assertThat(isThere()).isTrue();
    assertThat(condition("Stalled").message()).contains("status.machine is lost");
    assertThat(files(location)).isNotEmpty();
  }
}
