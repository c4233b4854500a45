package io.streamjob.operator.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.streamjob.operator.core.Golden;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.spec.StorageProfile.Addressing;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class ManifestsTest {

  private static final Golden GOLDEN = new Golden("manifests");
  private static final KubernetesSerialization YAML =
      new KubernetesSerialization(new ObjectMapper(), false);
  private static final Names NAMES = new Names("shop", "orders");

  private static final Case MINIMAL =
      new Case(
          "minimal",
          Samples.MINIMAL,
          new StorageProfile(
              "default",
              URI.create("s3://flink"),
              Optional.empty(),
              "eu-central-1",
              Addressing.VirtualHost,
              "s3-default"));

  private static final Case FULL =
      new Case(
          "full",
          Samples.FULL,
          new StorageProfile(
              "fast",
              URI.create("s3://flink/fast/"),
              Optional.of(URI.create("http://minio.storage:9000")),
              "us-east-1",
              Addressing.PathStyle,
              "s3-fast"));

  private record Case(String name, String spec, StorageProfile storage) {

    RevisionSpec revision() {
      return Samples.desired(spec).revision();
    }

    List<HasMetadata> objects() {
      return Manifests.render(NAMES, 7, revision(), storage);
    }

    String file() {
      return name + ".yaml";
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areAsTheGoldenFileSays(Case one) {
    String text = one.objects().stream().map(YAML::asYaml).collect(Collectors.joining());
    GOLDEN.check(one.file(), text);
  }

  @Test
  void everyGoldenFileHasItsCase() {
    GOLDEN.checkNothingElse(cases().map(Case::file).collect(Collectors.toSet()));
  }

  static Stream<Case> cases() {
    return Stream.of(MINIMAL, FULL);
  }

  static Stream<PodSpec> pods() {
    return cases()
        .flatMap(one -> one.objects().stream())
        .filter(Deployment.class::isInstance)
        .map(object -> ((Deployment) object).getSpec().getTemplate().getSpec());
  }

  @ParameterizedTest
  @MethodSource("pods")
  void podsAreAsPodSecurityRestrictedAsks(PodSpec pod) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(List.of(pod.getHostNetwork() == null, pod.getHostPID() == null)).containsOnly(true);
    assertThat(containers(pod))
        .allSatisfy(container -> {
          assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
          assertThat(container.getSecurityContext().getCapabilities().getDrop())
              .containsExactly("ALL");
          assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
          assertThat(container.getSecurityContext().getPrivileged()).isNull();
        });
  }

  @ParameterizedTest
  @MethodSource("pods")
  void podsHaveNoKubernetesToken(PodSpec pod) {
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getServiceAccountName()).isNull();
  }

  @ParameterizedTest
  @MethodSource("pods")
  void podsWriteOnlyToScratchVolumes(PodSpec pod) {
    assertThat(containers(pod))
        .allMatch(container -> container.getSecurityContext().getReadOnlyRootFilesystem());
    Set<String> scratch =
        pod.getVolumes().stream()
            .filter(volume -> volume.getEmptyDir() != null)
            .map(volume -> volume.getName())
            .collect(Collectors.toSet());
    assertThat(containers(pod).flatMap(container -> container.getVolumeMounts().stream()))
        .filteredOn(mount -> !scratch.contains(mount.getName()))
        .extracting(VolumeMount::getName)
        .containsOnly("config");
  }

  @ParameterizedTest
  @MethodSource("pods")
  void secretsAreReferredToAndNeverCopied(PodSpec pod) {
    assertThat(containers(pod).flatMap(container -> container.getEnv().stream()))
        .filteredOn(env -> env.getName().contains("KEY"))
        .isNotEmpty()
        .extracting(EnvVar::getValue)
        .containsOnlyNulls();
  }

  @ParameterizedTest
  @MethodSource("pods")
  void memoryIsRequestedAsItIsLimited(PodSpec pod) {
    Container main = pod.getContainers().getFirst();
    assertThat(main.getResources().getLimits().get("memory"))
        .isEqualTo(main.getResources().getRequests().get("memory"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameRevisionAlwaysGivesTheSameObjects(Case one) {
    List<HasMetadata> again = one.objects();
    assertThat(one.objects()).isEqualTo(again);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allObjectsCarryTheLabelsOfTheRevision(Case one) {
    assertThat(one.objects())
        .allSatisfy(object ->
            assertThat(object.getMetadata().getLabels()).containsAllEntriesOf(NAMES.labels(7)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "execution.checkpointing.dir",
        "execution.checkpointing.externalized-checkpoint-retention",
        "state.backend.type",
        "rest.port",
        "parallelism.default",
        "taskmanager.numberOfTaskSlots",
        "jobmanager.memory.process.size",
        "s3.endpoint",
        "env.java.opts.all",
        "web.upload.dir",
        "jobstore.expiration-time"
      })
  void whatTheOperatorOwnsCannotBeSetOtherwise(String key) {
    assertThat(config(Map.of(key, "stray")).get(key)).isNotEqualTo("stray").isNotNull();
  }

  @Test
  void whatIsOnlyADefaultCanBeSetOtherwise() {
    assertThat(config(Map.of("restart-strategy.type", "none")))
        .containsEntry("restart-strategy.type", "none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "",
        " ",
        "true",
        "1e3",
        "null",
        "a: b",
        "a # b",
        "\"quoted\"",
        "it's",
        "back\\slash",
        "\\n",
        "line\nbreak",
        "carriage\rreturn",
        "tab\there",
        "bell\u0007",
        "next\u0085line",
        "separator\u2028here",
        "ünïcode",
        "emoji \uD83D\uDE00",
        "${env:PATH}",
        "- item",
        "{a: b}",
        "%percent",
        "@at",
        "*alias"
      })
  void anyValueComesBackAsItWas(String value) {
    assertThat(config(Map.of("user.key", value))).containsEntry("user.key", value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: b\nhigh-availability.type",
        "x\nstate.savepoints.dir",
        "# comment",
        "- item",
        "key with spaces",
        "\"quoted\"",
        "~",
        ""
      })
  void noKeyCanBecomeAnother(String key) {
    Map<String, Object> without = config(Map.of());
    without.put(key, "value");
    assertThat(config(Map.of(key, "value"))).isEqualTo(without);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1ms", "123ms", "10s", "7m", "999999999h"})
  void aStoredRevisionIsReadAsItWas(String interval) {
    RevisionSpec spec =
        Samples.desired(Samples.FULL.replace("interval: 500ms", "interval: " + interval))
            .revision();
    ControllerRevision stored = StoredRevision.store(NAMES, 7, spec, FULL.storage);
    ControllerRevision transferred = YAML.unmarshal(YAML.asJson(stored), ControllerRevision.class);
    assertThat(StoredRevision.read(transferred).orElseThrow().spec()).isEqualTo(spec);
  }

  @Test
  void storedObjectsAreCopiedAsTheyWere() {
    ControllerRevision stored = StoredRevision.store(NAMES, 7, FULL.revision(), FULL.storage);
    ControllerRevision transferred = YAML.unmarshal(YAML.asJson(stored), ControllerRevision.class);
    assertThat(tree(StoredRevision.read(transferred).orElseThrow().copies()))
        .isEqualTo(tree(FULL.objects()));
  }

  private static List<Object> tree(List<HasMetadata> objects) {
    return objects.stream()
        .map(object -> YAML.unmarshal(YAML.asJson(object), Object.class))
        .toList();
  }

  private static Map<String, Object> config(Map<String, String> engineConfig) {
    RevisionSpec full = FULL.revision();
    var spec =
        new RevisionSpec(
            full.image(),
            full.imagePullPolicy(),
            full.imagePullSecrets(),
            new TreeMap<>(engineConfig),
            full.job(),
            full.parallelism(),
            full.maxParallelism(),
            full.jobManager(),
            full.taskManager(),
            full.taskSlots(),
            full.stateBackend(),
            full.storageProfile(),
            full.checkpoints());
    var config = (ConfigMap) Manifests.render(NAMES, 7, spec, FULL.storage).getFirst();
    return new Yaml().load(config.getData().get("config.yaml"));
  }

  private static Stream<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
  }
}
