package io.streamjob.operator.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
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
  private static final HighAvailability CLUSTER =
      new HighAvailability(NAMES, "0b6a7a5e-0000-4000-8000-000000000001", 7);

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
      return Manifests.render(CLUSTER, revision(), storage, Transport.MUTUAL_TLS);
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
  void podsHaveAnAccountOfTheirOwn(PodSpec pod) {
    assertThat(pod.getServiceAccountName()).matches("orders-7-0b6a7a5e-(job|task)manager");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAccountMayDoNothingButUseItsClustersConfigMap(Case one) {
    assertThat(of(one, Role.class).map(Role::getRules))
        .allSatisfy(rules ->
            assertThat(rules)
                .allSatisfy(rule -> {
                  assertThat(rule.getResources()).containsExactly("configmaps");
                  assertThat(rule.getResourceNames())
                      .containsExactly("orders-7-0b6a7a5e-cluster-config-map");
                  assertThat(rule.getVerbs()).doesNotContain("create", "delete", "*");
                }));
    assertThat(
            of(one, RoleBinding.class).map(binding -> binding.getSubjects().getFirst().getName()))
        .containsExactlyElementsOf(
            of(one, ServiceAccount.class).map(account -> account.getMetadata().getName()).toList());
  }

  private static <T extends HasMetadata> Stream<T> of(Case one, Class<T> type) {
    return one.objects().stream().filter(type::isInstance).map(type::cast);
  }

  @Test
  void aParkedJobIsNotTakenUpAndAnUnparkedOneIs() {
    Map<String, String> data =
        Map.of("executionPlan-a1", "x", "executionPlan-b2", "y", "other", "z");
    Map<String, String> parked = HighAvailability.parked(data, "a1");
    assertThat(parked.keySet().stream().filter(key -> key.startsWith("executionPlan-")))
        .containsExactly("executionPlan-b2");
    assertThat(HighAvailability.parked(parked, "a1")).isEqualTo(parked);
    assertThat(HighAvailability.unparked(parked, "a1")).isEqualTo(data);
    assertThat(HighAvailability.unparked(data, "a1")).isEqualTo(data);
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
    // Kubernetes mounts ConfigMaps and Secrets read-only.
    assertThat(containers(pod).flatMap(container -> container.getVolumeMounts().stream()))
        .filteredOn(mount -> !scratch.contains(mount.getName()))
        .extracting(VolumeMount::getName)
        .isSubsetOf("config", "keys");
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
            assertThat(object.getMetadata().getLabels())
                .containsAllEntriesOf(Map.of(Names.JOB, "orders", Names.REVISION, "7")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatLeadersRenewEveryFewSecondsIsNotWatched(Case one) {
    assertThat(one.objects().stream().filter(object -> !StoredRevision.isWatched(object)))
        .allMatch(object -> object.getMetadata().getName().startsWith("orders-7-0b6a7a5e-"))
        .hasSize(7);
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

  @Test
  void withoutKeysNothingAsksForThem() {
    List<HasMetadata> plain =
        Manifests.render(CLUSTER, FULL.revision(), FULL.storage, Transport.PLAIN);
    assertThat(YAML.asYaml(plain)).doesNotContain("security.ssl", "keys");
    assertThat(YAML.asYaml(FULL.objects())).contains("security.ssl", "keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1ms", "123ms", "10s", "7m", "999999999h"})
  void aStoredRevisionIsReadAsItWas(String interval) {
    RevisionSpec spec =
        Samples.desired(Samples.FULL.replace("interval: 500ms", "interval: " + interval))
            .revision();
    ControllerRevision stored =
        StoredRevision.store(CLUSTER, spec, FULL.storage, Transport.MUTUAL_TLS);
    ControllerRevision transferred = YAML.unmarshal(YAML.asJson(stored), ControllerRevision.class);
    assertThat(StoredRevision.read(transferred).orElseThrow().spec()).isEqualTo(spec);
  }

  @Test
  void storedObjectsAreCopiedAsTheyWere() {
    ControllerRevision stored =
        StoredRevision.store(CLUSTER, FULL.revision(), FULL.storage, Transport.MUTUAL_TLS);
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
            full.checkpoints(),
            full.restartToken());
    ConfigMap config =
        Manifests.render(CLUSTER, spec, FULL.storage, Transport.MUTUAL_TLS).stream()
            .filter(object -> object.getMetadata().getName().equals(NAMES.revision(7)))
            .map(ConfigMap.class::cast)
            .findFirst()
            .orElseThrow();
    return new Yaml().load(config.getData().get("config.yaml"));
  }

  private static Stream<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
  }
}
