package io.streamjob.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.kube.Fabric8Cluster;
import io.streamjob.operator.kube.Leadership;
import io.streamjob.operator.manifest.HighAvailability;
import io.streamjob.operator.manifest.Manifests;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.manifest.Transport;
import io.streamjob.operator.tls.AuthoritySecret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator is allowed what it needs, and nothing else. */
@EnableKubernetesMockClient(crud = true, https = false)
class RightsTest {

  private static final Path DEPLOY = Path.of("../deploy");
  private static final String ROLE = "streamjob-operator";
  private static final List<JsonNode> EVERYWHERE =
      Rights.rules(DEPLOY.resolve("all-namespaces/rbac.yaml"), ROLE);
  private static final List<JsonNode> AT_HOME =
      Rights.rules(DEPLOY.resolve("base/leader.yaml"), "streamjob-operator-leader");

  KubernetesMockServer server;

  @Test
  void usesEveryRightAndNeedsNoOther() throws InterruptedException {
    var used = new TreeSet<String>();
    try (var world = new WireWorld(server, used)) {
      world.liveThroughAJob();
      meetWhatIsThereAlready(world);
      lead(world);
    }
    Set<String> granted =
        Stream.of(EVERYWHERE, AT_HOME)
            .flatMap(rules -> Rights.granted(rules).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    used.addAll(passedOn());
    assertThat(used).isEqualTo(granted);
  }

  /** Nobody can give rights that he has not got himself. */
  private static Set<String> passedOn() {
    var availability = new HighAvailability(new Names("shop", "orders"), "0b6a7a5e", 1);
    var profile =
        new StorageProfile(
            "default",
            URI.create("s3://flink"),
            Optional.empty(),
            "us-east-1",
            StorageProfile.Addressing.PathStyle,
            "streamjob-storage");
    return Stream.concat(
            Manifests.render(
                availability, Samples.revision("example/orders:1"), profile, Transport.MUTUAL_TLS)
                .stream(),
            availability.ofRun("0123456789abcdef0123456789abcdef").stream())
        .filter(Role.class::isInstance)
        .flatMap(role -> ((Role) role).getRules().stream())
        .flatMap(rule ->
            rule.getVerbs().stream()
                .map(verb -> "/%s: %s".formatted(rule.getResources().getFirst(), verb)))
        .collect(Collectors.toSet());
  }

  /** After a lost reply an object is created again, and looked at. */
  private static void meetWhatIsThereAlready(WireWorld world) {
    var cluster = new Fabric8Cluster(world.client(), () -> {});
    ObjectMeta meta = new ObjectMetaBuilder().withName("there").withNamespace("shop").build();
    var savepoint = new Savepoint();
    savepoint.setMetadata(meta);
    savepoint.setSpec(WireWorld.savepoint().getSpec());
    var service = new Service();
    service.setMetadata(meta);
    var deployment = new Deployment();
    deployment.setMetadata(meta);
    var revision = new ControllerRevision();
    revision.setMetadata(meta);
    List<HasMetadata> parts =
        List.of(
            new ConfigMapBuilder().withMetadata(meta).addToData("plan", "x").build(),
            new ServiceAccountBuilder().withMetadata(meta).build(),
            new RoleBuilder().withMetadata(meta).build(),
            new RoleBindingBuilder()
                .withMetadata(meta)
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "there")
                .build(),
            service,
            deployment,
            revision,
            savepoint);
    parts.forEach(cluster::createIfAbsent);
    parts.forEach(cluster::createIfAbsent);
    cluster.editData("shop", "there", data -> Map.of("parked", "x"));
    cluster.delete(revision);
  }

  private static void lead(WireWorld world) throws InterruptedException {
    var leadership =
        new Leadership(world.client(), "streamjob", "one", Clock.systemUTC(), () -> {});
    leadership.acquire();
    leadership.close();
    // A year later its certificates are too old.
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(400));
    AuthoritySecret.open(world.client(), WireWorld.HOME, later);
  }

  @Test
  void readsOnlyTheSecretsThatItsStorageProfilesName(@TempDir Path folder) throws IOException {
    assertThat(Rights.names(EVERYWHERE, "secrets", "get"))
        .isEqualTo(secretNames(DEPLOY.resolve("base/config.yaml"), folder));
    assertThat(Rights.names(AT_HOME, "leases", "get")).containsExactly(Leadership.LEASE);
    assertThat(Rights.names(AT_HOME, "secrets", "get")).containsExactly(AuthoritySecret.NAME);
  }

  private static Set<String> secretNames(Path configMap, Path folder) throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(
        file, Rights.objects(configMap).getFirst().at("/data").path("config.yaml").asText());
    return OperatorConfig.read(file).profiles().values().stream()
        .map(profile -> profile.secretName())
        .collect(Collectors.toSet());
  }

  @Test
  void isAllowedTheSameInOneNamespaceAsInAll(@TempDir Path folder) throws IOException {
    assertThat(Rights.rules(DEPLOY.resolve("one-namespace/rbac.yaml"), ROLE)).isEqualTo(EVERYWHERE);
    assertThat(Rights.rules(DEPLOY.resolve("streamjob.yaml"), ROLE)).isEqualTo(EVERYWHERE);
    assertThat(secretNames(DEPLOY.resolve("one-namespace/config.yaml"), folder))
        .isEqualTo(secretNames(DEPLOY.resolve("base/config.yaml"), folder));
  }
}
