package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server itself refuses, by the rules in the CRDs, with the field and the remedy. */
class ValidationTest {

  @RegisterExtension static final Scene SCENE = new Scene("rules");

  /** Suspended: nothing of it ever starts. */
  private final Job job = new Job(SCENE, "ruled").with("spec.state", "Suspended");

  @AfterEach
  void removeTheJob() {
    if (job.find().isPresent()) {
      job.cancelAndDelete();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "execution.checkpointing.interval, spec.checkpoints",
    "execution.checkpointing.unaligned.enabled, spec.checkpoints",
    "execution.checkpointing.dir, spec.storage.profile",
    "state.savepoints.dir, spec.storage.profile",
    "s3.access-key, spec.storage.profile",
    "fs.s3a.endpoint, spec.storage.profile",
    "state.backend.type, spec.stateBackend",
    "execution.state-recovery.path, spec.initialState",
    "execution.savepoint.ignore-unclaimed-state, spec.initialState",
    "parallelism.default, spec.parallelism",
    "pipeline.max-parallelism, spec.maxParallelism",
    "taskmanager.numberOfTaskSlots, spec.taskManager",
    "jobmanager.memory.process.size, spec.jobManager",
    "high-availability.type, the operator runs the cluster",
    "kubernetes.cluster-id, the operator runs the cluster",
    "rest.port, the operator runs the cluster",
    "web.submit.enable, the operator runs the cluster",
    "env.java.opts.all, env.java.opts.jobmanager",
    "$internal.application.main, the operator runs the cluster",
  })
  void refusesSettingsThatAreTheOperators(String key, String remedy) {
    isRefused(job.with("spec.engine", "{config: {'%s': '1'}}".formatted(key)), remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "taskmanager.memory.managed.fraction, 0.2",
    "restart-strategy.type, fixed-delay",
    "env.java.opts.taskmanager, -XX:+UseSerialGC",
    "state.backend.rocksdb.memory.managed, 'true'",
  })
  void acceptsTheUsersSettings(String key, String value) {
    job.with("spec.engine", "{config: {'%s': '%s'}}".formatted(key, value)).apply();

    assertThat(job.awaitSuspended().at("/spec/engine/config").get(key).asText()).isEqualTo(value);
  }

  static Stream<Arguments> wrongManifests() {
    return Stream.of(
        wrong("spec.parallelism", "0", "spec.parallelism"),
        wrong("spec.maxParallelism", "1", "spec.parallelism: must not be above"),
        wrong("spec.state", "Paused", "spec.state"),
        wrong("spec.stateBackend", "forst", "spec.stateBackend"),
        wrong("spec.image", "''", "spec.image"),
        wrong("spec.checkpoints.interval", "soon", "spec.checkpoints.interval"),
        wrong("spec.jobManager.resources.memory", "500Mi", "Flink needs at least 600Mi"),
        wrong("spec.taskManager.resources.memory", "500Mi", "Flink needs at least 600Mi"),
        wrong("spec.taskManager.resources.cpu", "much", "spec.taskManager.resources.cpu"),
        wrong("spec.job.jar", "relative.jar", "spec.job.jar"),
        wrong("spec.initialState", "{from: {}}", "exactly one of savepointRef, location and empty"),
        wrong(
            "spec.initialState",
            "{from: {savepointRef: {name: x}, location: 's3://flink/x'}}",
            "exactly one of savepointRef, location and empty"),
        wrong(
            "spec.initialState",
            "{from: {empty: {}, location: 's3://flink/x'}}",
            "exactly one of savepointRef, location and empty"),
        wrong("spec.storage.profile", "'No Name'", "spec.storage.profile"));
  }

  private static Arguments wrong(String field, String value, String remedy) {
    return arguments(field, value, remedy);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongManifests")
  void refusesAWrongManifest(String field, String value, String remedy) {
    isRefused(job.with(field, value), remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "Orders, must consist of lower case",
    "1orders, Services are named after the job",
    "a1234567890123456789012345678901234567890, use at most 40",
  })
  void refusesANameThatNoServiceCanBear(String name, String remedy) {
    isRefused(new Job(SCENE, name).with("spec.state", "Suspended"), remedy);
    assertThat(new Job(SCENE, name).find()).isEmpty();
  }

  static Stream<Arguments> wrongChanges() {
    return Stream.of(
        change("maxParallelism changed", j -> j.with("spec.maxParallelism", "256"), "is fixed"),
        change("maxParallelism taken away", j -> j.without("maxParallelism"), "is fixed"),
        change("parallelism above it", j -> j.with("spec.parallelism", "129"), "must not be above"),
        change(
            "another storage profile",
            j -> j.with("spec.storage.profile", "nobucket"),
            "spec.storage.profile: cannot be changed"),
        change(
            "another state backend, native",
            j -> j.with("spec.stateBackend", "rocksdb").with("spec.savepoints.format", "Native"),
            "set spec.savepoints.format to Canonical"));
  }

  private static Arguments change(String what, UnaryOperator<Job> change, String remedy) {
    return arguments(what, change, remedy);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongChanges")
  void refusesAChangeThatWouldLoseState(String what, UnaryOperator<Job> change, String remedy) {
    Job first = job.with("spec.maxParallelism", "128");
    first.apply();

    isRefused(change.apply(first), remedy);
  }

  @Test
  void refusesAMaximumParallelismThatIsSetLater() {
    job.apply();

    isRefused(job.with("spec.maxParallelism", "128"), "is fixed");
  }

  @Test
  void acceptsAnotherStateBackendThroughCanonicalSavepoints() {
    job.apply();

    assertThat(job.with("spec.stateBackend", "rocksdb").apply().at("/spec/stateBackend").asText())
        .isEqualTo("rocksdb");
  }

  @Test
  void refusesAScaleAboveTheMaximum() {
    Job first = job.with("spec.maxParallelism", "4");
    first.apply();

    assertThatThrownBy(() -> first.scale(5)).hasMessageContaining("must not be above");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {source: {type: Job}}                     | spec.source.job: name the StreamJob
          {source: {type: Job, job: {}}}            | spec.source.job.name
          {source: {type: Folder}}                  | spec.source.type
          {format: Canonical}                       | spec.source
          {source: {type: Job, job: {name: x}}, format: Raw} | spec.format
          """)
  void refusesAWrongSavepoint(String spec, String remedy) {
    assertThatThrownBy(() -> Save.create(SCENE, "wrong", Yaml.parse(spec)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(remedy);
  }

  @Test
  void keepsWhatASavepointIsMadeOf() {
    Save save = Save.create(SCENE, "kept", "nobody", "");

    assertThatThrownBy(() -> save.patch("{\"spec\":{\"source\":{\"job\":{\"name\":\"other\"}}}}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("spec.source: cannot be changed: create another Savepoint");
    assertThatThrownBy(() -> save.patch("{\"spec\":{\"format\":\"Native\"}}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("spec.format: cannot be changed: create another Savepoint");
    save.patch("{\"spec\":{\"deletionPolicy\":\"Delete\"}}");
    save.deleteAndAwaitGone();
  }

  private static void isRefused(Job job, String remedy) {
    assertThatThrownBy(job::apply)
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            refusal -> assertThat(refusal.getCode()).as(refusal.getMessage()).isIn(422, 400))
        .hasMessageContaining(remedy);
  }
}
