package io.streamjob.operator.manifest;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.RevisionSpec.PodSize;
import io.streamjob.operator.core.spec.StorageProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pods of a Flink cluster: unprivileged and read-only, as Pod Security's {@code restricted}
 * level asks; their Kubernetes token opens the ConfigMaps of their own high availability.
 */
final class Pods {

  private static final long FLINK_USER = 9999;
  private static final int GROUP_READS = 0440;
  private static final Map<String, Quantity> SMALL =
      requests(new Quantity("50m"), new Quantity("64Mi"));

  private final HighAvailability availability;
  private final RevisionSpec spec;
  private final StorageProfile storage;
  private final Transport transport;

  Pods(
      HighAvailability availability,
      RevisionSpec spec,
      StorageProfile storage,
      Transport transport) {
    this.availability = availability;
    this.spec = spec;
    this.storage = storage;
    this.transport = transport;
  }

  PodTemplateSpec jobManager() {
    Container main =
        container("jobmanager", List.of("jobmanager"), spec.jobManager())
            .edit()
            .withNewReadinessProbe()
            .withNewTcpSocket()
            .withNewPort(Names.REST_PORT)
            .endTcpSocket()
            .withPeriodSeconds(2)
            .endReadinessProbe()
            .build();
    return pod(
        availability.jobManagerAccount(),
        List.of(preparation()),
        main,
        List.of(ClusterKeys.INTERNAL, ClusterKeys.REST, ClusterKeys.REST_CLIENTS));
  }

  PodTemplateSpec taskManager() {
    List<String> args =
        List.of(
            "taskmanager", "-Dtaskmanager.host=$(POD_IP)", "-Dtaskmanager.resource-id=$(POD_NAME)");
    return pod(
        availability.taskManagerAccount(),
        List.of(),
        container("taskmanager", args, spec.taskManager()),
        List.of(ClusterKeys.INTERNAL));
  }

  /**
   * @param keys the files that the main container gets
   */
  private PodTemplateSpec pod(
      String account, List<Container> init, Container main, List<String> keys) {
    boolean isSecured = transport == Transport.MUTUAL_TLS;
    Container started =
        isSecured ? main.edit().addToVolumeMounts(mount("keys", Transport.FOLDER)).build() : main;
    var volumes = new ArrayList<>(volumes());
    if (isSecured) {
      volumes.add(keys(keys));
    }
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .endMetadata()
        .withSpec(
            new PodSpecBuilder()
                .withServiceAccountName(account)
                .withEnableServiceLinks(false)
                .withImagePullSecrets(
                    spec.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(FLINK_USER)
                .withRunAsGroup(FLINK_USER)
                .withFsGroup(FLINK_USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withInitContainers(init)
                .withContainers(started)
                .withVolumes(volumes)
                .build())
        .build();
  }

  /** Flink's images share one contract: the first argument of their entry point names the role. */
  private Container container(String name, List<String> args, PodSize size) {
    return base(name)
        .edit()
        .withArgs(args)
        .withResources(resources(size))
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .build();
  }

  private Container preparation() {
    var env = new ArrayList<EnvVar>();
    env.add(value("FLINK_USRLIB", "/opt/flink/usrlib"));
    env.add(value("UPLOAD", EngineConfig.DATA + "/upload/flink-web-upload"));
    spec.job().jar().ifPresent(jar -> env.add(value("JOB_JAR", jar)));
    storage.endpoint().ifPresent(uri -> env.addAll(target(uri)));
    return base("prepare")
        .edit()
        .withCommand("bash", "-c", Manifests.resource("prepare.sh"))
        .withEnv(env)
        .withResources(new ResourceRequirementsBuilder().withRequests(SMALL).build())
        .build();
  }

  private static List<EnvVar> target(URI endpoint) {
    int port = endpoint.getPort();
    int standard = "https".equals(endpoint.getScheme()) ? 443 : 80;
    return List.of(
        value("STORAGE_HOST", endpoint.getHost()),
        value("STORAGE_PORT", String.valueOf(port < 0 ? standard : port)));
  }

  private Container base(String name) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(spec.image())
        .withImagePullPolicy(spec.imagePullPolicy().map(Enum::name).orElse(null))
        .withEnv(environment())
        .withSecurityContext(restricted())
        .withVolumeMounts(mounts())
        .build();
  }

  private List<EnvVar> environment() {
    return List.of(
        field("POD_IP", "status.podIP"),
        field("POD_NAME", "metadata.name"),
        value("HOME", "/tmp"),
        secret("AWS_ACCESS_KEY_ID", "accessKey"),
        secret("AWS_SECRET_ACCESS_KEY", "secretKey"),
        value("AWS_REGION", storage.region()));
  }

  private static EnvVar value(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private EnvVar secret(String name, String key) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, storage.secretName(), false)
        .endValueFrom()
        .build();
  }

  private static ResourceRequirements resources(PodSize size) {
    var memory = new Quantity(size.memoryMebibytes() + "Mi");
    return new ResourceRequirementsBuilder()
        .withRequests(requests(new Quantity(size.cpu()), memory))
        .withLimits(Map.of("memory", memory))
        .build();
  }

  /** Sorted: Map.of differs between processes, and the same revision must look the same. */
  private static Map<String, Quantity> requests(Quantity cpu, Quantity memory) {
    return new TreeMap<>(Map.of("cpu", cpu, "memory", memory));
  }

  private static SecurityContext restricted() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .build();
  }

  private List<Volume> volumes() {
    return List.of(
        new VolumeBuilder()
            .withName("config")
            .withNewConfigMap()
            .withName(availability.names().revision(availability.revision()))
            .endConfigMap()
            .build(),
        scratch("data"),
        scratch("tmp"),
        scratch("log"));
  }

  private Volume keys(List<String> files) {
    return new VolumeBuilder()
        .withName("keys")
        .withNewSecret()
        .withSecretName(availability.keysSecret())
        .withDefaultMode(GROUP_READS)
        .withItems(files.stream().map(file -> new KeyToPath(file, null, file)).toList())
        .endSecret()
        .build();
  }

  private static Volume scratch(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  private static List<VolumeMount> mounts() {
    return List.of(
        mount("config", "/opt/flink/conf"),
        mount("data", EngineConfig.DATA),
        mount("tmp", "/tmp"),
        mount("log", "/opt/flink/log"));
  }

  private static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).build();
  }
}
