package io.streamjob.operator.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobSpec.CheckpointMode;
import io.streamjob.api.v1alpha1.StreamJobSpec.ImagePullPolicy;
import io.streamjob.api.v1alpha1.StreamJobSpec.StateBackend;
import io.streamjob.api.v1alpha1.StreamJobSpec.UpgradeStrategy;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.Desired.InitialState;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.Desired.RestartPolicy;
import io.streamjob.operator.core.spec.RevisionSpec.Checkpoints;
import io.streamjob.operator.core.spec.RevisionSpec.JobCode;
import io.streamjob.operator.core.spec.RevisionSpec.PodSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecParserTest {

  /** A change here restarts every job in the world with the next operator. */
  private static final String DIGEST_OF_THE_MINIMAL_SPEC = "0039c0d99b3a34c9";

  private static final RevisionSpec FULL =
      new RevisionSpec(
          "example/orders:2",
          Optional.of(ImagePullPolicy.IfNotPresent),
          List.of("pull-a", "pull-b"),
          new TreeMap<>(
              Map.of("restart-strategy.type", "fixed-delay", "pipeline.object-reuse", "true")),
          new JobCode(
              Optional.of("/opt/app/orders.jar"),
              Optional.of("com.example.Orders"),
              List.of("--topic", "orders", "--greeting", "a \"b\" $c")),
          3,
          Optional.of(256),
          new PodSize("1", 2048),
          new PodSize("1500m", 3072),
          2,
          StateBackend.rocksdb,
          "fast",
          new Checkpoints(
              Duration.ofMillis(500),
              Duration.ofHours(2),
              CheckpointMode.AtLeastOnce,
              true,
              false,
              5),
          Optional.of("monday"));

  @Test
  void whatIsLeftOutTakesTheDocumentedDefault() {
    assertThat(Samples.desired(Samples.MINIMAL))
        .isEqualTo(
            new Desired(
                1,
                Lifecycle.RUNNING,
                new RevisionSpec(
                    "example/orders:1",
                    Optional.empty(),
                    List.of(),
                    new TreeMap<>(),
                    new JobCode(Optional.empty(), Optional.empty(), List.of()),
                    1,
                    Optional.empty(),
                    new PodSize("250m", 1024),
                    new PodSize("500m", 1536),
                    1,
                    StateBackend.hashmap,
                    "default",
                    new Checkpoints(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10),
                        CheckpointMode.ExactlyOnce,
                        false,
                        true,
                        2),
                    Optional.empty()),
                Optional.empty(),
                SavepointFormat.Canonical,
                true,
                UpgradeStrategy.Standby,
                Optional.empty()));
  }

  @Test
  void everyFieldIsRead() {
    assertThat(Samples.desired(Samples.FULL).revision()).isEqualTo(FULL);
  }

  @Test
  void whatAFailureLeadsToIsRead() {
    assertThat(Samples.desired("image: a\nonFailure: {action: Stall, restarts: 7}").onFailure())
        .isEmpty();
    assertThat(Samples.desired("image: a\nonFailure: {action: Restart}").onFailure())
        .contains(new RestartPolicy(3, Duration.ofHours(1)));
    assertThat(
            Samples.desired("image: a\nonFailure: {action: Restart, restarts: 7, within: 5m}")
                .onFailure())
        .contains(new RestartPolicy(7, Duration.ofMinutes(5)));
  }

  @Test
  void theStrategyIsReadAndRestartsNothing() {
    Desired desired = Samples.desired("image: a\nupgrade: {strategy: Recreate}");
    assertThat(desired.strategy()).isEqualTo(UpgradeStrategy.Recreate);
    assertThat(desired.revision()).isEqualTo(Samples.desired("image: a").revision());
  }

  @Test
  void aNewRestartTokenIsANewRevision() {
    assertThat(Samples.desired("image: a\nrestartToken: x").revision().digest())
        .isNotEqualTo(Samples.desired("image: a").revision().digest());
  }

  @ParameterizedTest
  @CsvSource({"1ms, PT0.001S", "10s, PT10S", "3m, PT3M", "48h, PT48H", "999999999h, PT999999999H"})
  void durationsAreRead(String text, Duration expected) {
    assertThat(SpecParser.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"600Mi, 600", "1Gi, 1024", "16Gi, 16384"})
  void memoryIsReadInMebibytes(String text, long expected) {
    Desired desired =
        Samples.desired("{image: a, taskManager: {resources: {memory: %s}}}".formatted(text));
    assertThat(desired.revision().taskManager()).isEqualTo(new PodSize("500m", expected));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 2, 2", "5, 2, 3", "1, 64, 1"})
  void taskManagersFollowFromParallelismAndSlots(int parallelism, int slots, int expected) {
    Desired desired =
        Samples.desired(
            "{image: a, parallelism: %d, taskManager: {taskSlots: %d}}"
                .formatted(parallelism, slots));
    assertThat(desired.revision().taskManagers()).isEqualTo(expected);
  }

  @Test
  void aMissingSpecIsRefused() {
    StreamJob job = Samples.job(Samples.MINIMAL);
    job.setSpec(null);
    assertThat(Samples.parse(job))
        .isEqualTo(new ParsedSpec.Invalid(1, "spec: is missing: write at least spec.image"));
  }

  @Test
  void anUnknownProfileIsRefusedWithThoseThatThereAre() {
    assertThat(Samples.parse(Samples.job("{image: a, storage: {profile: slow}}")))
        .isEqualTo(
            new ParsedSpec.Invalid(
                1,
                "spec.storage.profile: there is no profile slow: use one of default, fast, or ask"
                    + " the operator's administrator"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "high-availability",
        "high-availability.type",
        "execution.checkpointing.dir",
        "execution.checkpointing.savepoint-dir",
        "execution.state-recovery.path",
        "execution.savepoint.path",
        "execution.savepoint-restore-mode",
        "state.backend",
        "state.backend.type",
        "state.checkpoints.dir",
        "job-result-store.storage-path",
        "kubernetes.cluster-id",
        "rest.port",
        "web.upload.dir",
        "jobmanager.rpc.address",
        "jobmanager.memory.process.size",
        "taskmanager.numberOfTaskSlots",
        "parallelism.default",
        "pipeline.max-parallelism",
        "s3.endpoint",
        "$internal.application.main"
      })
  void aKeyThatTheOperatorOwnsIsRefused(String key) {
    assertThat(Samples.parse(Samples.job("{image: a, engine: {config: {%s: x}}}".formatted(key))))
        .isInstanceOfSatisfying(
            ParsedSpec.Invalid.class,
            invalid -> assertThat(invalid.message()).startsWith("spec.engine.config: "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "restart-strategy.type",
        "state.backend.rocksdb.memory.managed",
        "execution.checkpointing.tolerable-failed-checkpoints",
        "taskmanager.network.memory.fraction",
        "metrics.reporters"
      })
  void aKeyThatIsTheUsersIsTaken(String key) {
    Desired desired = Samples.desired("{image: a, engine: {config: {%s: x}}}".formatted(key));
    assertThat(desired.revision().engineConfig()).isEqualTo(Map.of(key, "x"));
  }

  @ParameterizedTest
  @CsvSource({"Running, RUNNING", "Suspended, SUSPENDED"})
  void theLifecycleFollowsTheState(String state, Lifecycle expected) {
    assertThat(Samples.desired("{image: a, state: %s}".formatted(state)).lifecycle())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{image: a, state: Running}",
        "{image: a, state: Suspended}",
        "{image: a, storage: {profile: gone}}",
        "{image: a, engine: {config: {rest.port: '1'}}}",
        "{}"
      })
  void aJobThatIsDeletedIsDeletedWhateverItsSpecSays(String spec) {
    StreamJob job = Samples.job(spec);
    job.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    assertThat(Samples.parse(job).wanted().map(Desired::lifecycle)).contains(Lifecycle.DELETED);
  }

  @Test
  void aDeletedJobWithoutAnySpecIsDeletedToo() {
    StreamJob job = Samples.job(Samples.MINIMAL);
    job.setSpec(null);
    job.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    assertThat(Samples.parse(job).wanted().map(Desired::lifecycle)).contains(Lifecycle.DELETED);
  }

  @Test
  void initialStateIsASavepointByName() {
    assertThat(
            Samples.desired("{image: a, initialState: {from: {savepointRef: {name: s}}}}")
                .initialState())
        .contains(new InitialState.OfSavepoint("s"));
  }

  @Test
  void initialStateIsAFolder() {
    assertThat(
            Samples.desired("{image: a, initialState: {from: {location: 's3://flink/shop/c'}}}")
                .initialState())
        .contains(new InitialState.OfLocation("s3://flink/shop/c"));
  }

  @Test
  void initialStateIsNoneOnPurpose() {
    assertThat(Samples.desired("{image: a, initialState: {from: {empty: {}}}}").initialState())
        .contains(new InitialState.Empty());
  }

  @ParameterizedTest
  @CsvSource({"Savepoint, true", "Cancel, false"})
  void onDeleteSaysWhetherALastSavepointIsTaken(String mode, boolean expected) {
    assertThat(Samples.desired("{image: a, onDelete: %s}".formatted(mode)).savepointOnDelete())
        .isEqualTo(expected);
  }

  @Test
  void equalSpecsHaveEqualDigests() {
    assertThat(Samples.desired(Samples.FULL).revision().digest()).isEqualTo(FULL.digest());
  }

  @Test
  void theDigestOfTheMinimalSpecNeverChanges() {
    assertThat(Samples.desired(Samples.MINIMAL).revision().digest())
        .isEqualTo(DIGEST_OF_THE_MINIMAL_SPEC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state: Suspended",
        "onDelete: Cancel",
        "savepoints: {format: Native}",
        "initialState: {from: {location: 's3://flink/shop/c'}}",
        "state: Running",
        "parallelism: 1",
        "checkpoints: {interval: 10000ms}",
        "jobManager: {}",
        "engine: {config: {}}",
        "job: {args: []}"
      })
  void whatIsNotPartOfARevisionNeverChangesTheDigest(String field) {
    assertThat(Samples.desired(Samples.MINIMAL + "\n" + field).revision().digest())
        .isEqualTo(DIGEST_OF_THE_MINIMAL_SPEC);
  }

  @Test
  void labelsNeverChangeTheDigest() {
    StreamJob job = Samples.job(Samples.MINIMAL);
    job.getMetadata().setLabels(Map.of("team", "checkout"));
    assertThat(Samples.parse(job).wanted().orElseThrow().revision().digest())
        .isEqualTo(DIGEST_OF_THE_MINIMAL_SPEC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "imagePullPolicy: Always",
        "imagePullSecrets: [{name: a}]",
        "engine: {config: {a: b}}",
        "job: {jar: /a.jar}",
        "job: {entryClass: A}",
        "job: {args: [a]}",
        "job: {args: ['']}",
        "parallelism: 2",
        "maxParallelism: 128",
        "jobManager: {resources: {cpu: '1'}}",
        "jobManager: {resources: {memory: 2Gi}}",
        "taskManager: {resources: {cpu: '1'}}",
        "taskManager: {resources: {memory: 2Gi}}",
        "taskManager: {taskSlots: 2}",
        "stateBackend: rocksdb",
        "storage: {profile: fast}",
        "checkpoints: {interval: 11s}",
        "checkpoints: {timeout: 11s}",
        "checkpoints: {mode: AtLeastOnce}",
        "checkpoints: {unaligned: Enabled}",
        "checkpoints: {incremental: Disabled}",
        "checkpoints: {retained: 3}"
      })
  void everyFieldOfARevisionChangesTheDigest(String field) {
    assertThat(Samples.desired(Samples.MINIMAL + "\n" + field).revision().digest())
        .isNotEqualTo(DIGEST_OF_THE_MINIMAL_SPEC);
  }

  @Test
  void theOrderOfArgumentsMatters() {
    assertThat(Samples.desired("{image: a, job: {args: [x, y]}}").revision().digest())
        .isNotEqualTo(Samples.desired("{image: a, job: {args: [y, x]}}").revision().digest());
  }

  @Test
  void theGoalIsTheLifecycleAndTheRevision() {
    Desired desired = Samples.desired("{image: a, state: Suspended, savepoints: {format: Native}}");
    assertThat(desired.goal()).isEqualTo("SUSPENDED:" + desired.revision().digest());
  }

  @Test
  void anotherInitialStateIsAnotherGoal() {
    Desired one =
        Samples.desired("{image: a, initialState: {from: {location: 's3://flink/shop/c'}}}");
    Desired other =
        Samples.desired("{image: a, initialState: {from: {location: 's3://flink/shop/d'}}}");
    assertThat(one.goal()).isNotEqualTo(other.goal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://flink/other/sp",
        "s3://flink/shop2/sp",
        "s3://flink/shop",
        "s3://flink/shop/",
        "s3://flink/shop/../other/sp",
        "s3://flink/shop//sp",
        "s3://flink/shop/%2e%2e/other/sp",
        "s3://elsewhere/shop/sp"
      })
  void anInitialStateOutsideTheNamespacesFolderIsRefused(String location) {
    String spec = "{image: a, initialState: {from: {location: '%s'}}}".formatted(location);

    assertThat(Samples.parse(Samples.job(spec)))
        .isInstanceOfSatisfying(
            ParsedSpec.Invalid.class,
            invalid ->
                assertThat(invalid.message())
                    .startsWith("spec.initialState.from.location: ")
                    .contains("below s3://flink/shop/"));
  }
}
