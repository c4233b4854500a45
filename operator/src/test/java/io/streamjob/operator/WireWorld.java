package io.streamjob.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.upgrade.Limits;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.flink.ScriptedFlink;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.manifest.Transport;
import io.streamjob.operator.storage.InMemorySnapshotStore;
import io.streamjob.operator.storage.Sample;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.StorageAccess;
import io.streamjob.operator.telemetry.Telemetry;
import io.streamjob.operator.tls.AuthoritySecret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A whole operator before an API server in memory, with a scripted Flink for each revision. What it
 * asks of the API server is written down as the rights that it takes.
 */
final class WireWorld implements AutoCloseable {

  /** The operator's own namespace. */
  static final String HOME = "streamjob";

  private static final String NAMESPACE = "shop";
  private static final String JOB = "orders";
  private static final Path CRDS = Path.of("../crds/src/main/resources/crds");
  private static final Duration LONG = Duration.ofMinutes(3);

  /** Kept, so that its level is: it would tell of every request. */
  private static final Logger REQUESTS = Logger.getLogger("io.fabric8.mockwebserver");

  static {
    REQUESTS.setLevel(Level.WARNING);
  }

  private final KubernetesClient user;
  private final KubernetesClient client;
  private final HttpFlinkClient http = new HttpFlinkClient(HttpOptions.defaults());
  private final InMemorySnapshotStore store = new InMemorySnapshotStore();
  private final Map<Integer, ScriptedFlink> flinks = new ConcurrentHashMap<>();
  private final RunningOperator operator;

  WireWorld(KubernetesMockServer server, Set<String> used) {
    user = server.createClient();
    client =
        new KubernetesClientBuilder()
            .withConfig(user.getConfiguration())
            .withHttpClientBuilderConsumer(
                builder -> builder.addOrReplaceInterceptor("rights", new Recorder(used)))
            .build();
    operator =
        new RunningOperator(
            client,
            http,
            store,
            new Addresses(AuthoritySecret.open(client, HOME, Clock.systemUTC())),
            config(),
            Clock.systemUTC(),
            () -> {},
            new Telemetry());
  }

  /** The scripted clusters get their keys, and do not use them. */
  private final class Addresses implements Endpoints {
    private final ClusterKeys keys;

    Addresses(ClusterKeys keys) {
      this.keys = keys;
    }

    @Override
    public URI rest(Names names, int revision) {
      return address(revision);
    }

    @Override
    public Optional<ClusterKeys> keys() {
      return Optional.of(keys);
    }
  }

  /** Writes down what a request takes. */
  private record Recorder(Set<String> used) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      synchronized (used) {
        used.addAll(Rights.needed(request.method(), request.uri(), request.bodyString()));
      }
      boolean isApply = request.method().equals("PATCH") && request.uri().getQuery() != null;
      if (isApply && builder instanceof HttpRequest.Builder applied) {
        // The server in memory does not know server-side apply; of a finalizer it is a merge.
        applied.method("PATCH", "application/merge-patch+json", request.bodyString());
      }
    }
  }

  private static OperatorConfig config() {
    StorageAccess access = InMemorySnapshotStore.ACCESS;
    var profile =
        new StorageProfile(
            "default",
            URI.create(access.root().toString()),
            Optional.of(access.endpoint()),
            access.region(),
            StorageProfile.Addressing.PathStyle,
            "streamjob-storage");
    return new OperatorConfig(
        Set.of(),
        Map.of("default", profile),
        new Limits(LONG, LONG, LONG, 3),
        Transport.MUTUAL_TLS);
  }

  /** The operator's client, whose requests are written down. */
  KubernetesClient client() {
    return client;
  }

  /** A job is created, changed, saved and deleted, and so is its savepoint. */
  void liveThroughAJob() {
    prepare();
    operator.start();
    user.resource(job("example/orders:1")).create();
    await("the job runs", () -> isRunning("example/orders:1"));
    StreamJob changed = find();
    changed.setSpec(job("example/orders:2").getSpec());
    user.resource(changed).patch();
    await("the job is upgraded", () -> isRunning("example/orders:2"));
    user.resource(savepoint()).create();
    await("the savepoint is ready", () -> isTrue(user.resource(savepoint()).get()));
    user.resource(savepoint()).delete();
    await("the savepoint is gone", () -> user.resource(savepoint()).get() == null);
    user.resource(find()).delete();
    await("the job is gone", () -> find() == null);
  }

  private void prepare() {
    user.load(crd("streamjobs")).create();
    user.load(crd("savepoints")).create();
    StorageAccess.Credentials credentials = InMemorySnapshotStore.ACCESS.credentials();
    user.resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("streamjob-storage")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addToData("accessKey", base64(credentials.accessKey()))
                .addToData("secretKey", base64(credentials.secretKey()))
                .build())
        .create();
  }

  private static InputStream crd(String plural) {
    try {
      return new ByteArrayInputStream(
          Files.readAllBytes(CRDS.resolve(plural + ".streamjob.io.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static StreamJob job(String image) {
    return Samples.job("image: " + image);
  }

  private StreamJob find() {
    return user.resources(StreamJob.class).inNamespace(NAMESPACE).withName(JOB).get();
  }

  static Savepoint savepoint() {
    var savepoint = new Savepoint();
    savepoint.getMetadata().setName("by-hand");
    savepoint.getMetadata().setNamespace(NAMESPACE);
    savepoint.setSpec(
        new SavepointSpec(
            new SavepointSpec.Source(
                SavepointSpec.SourceType.Job, new SavepointSpec.JobSource(JOB, null)),
            SavepointFormat.Canonical,
            SavepointSpec.DeletionPolicy.Delete));
    return savepoint;
  }

  private boolean isRunning(String image) {
    StreamJob job = find();
    return job.getStatus() != null
        && job.getStatus().running() != null
        && image.equals(job.getStatus().running().image())
        && isTrue(job.getStatus().conditions());
  }

  private static boolean isTrue(Savepoint savepoint) {
    return savepoint.getStatus() != null && isTrue(savepoint.getStatus().conditions());
  }

  private static boolean isTrue(List<Condition> conditions) {
    return conditions != null
        && conditions.stream()
            .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True);
  }

  private void await(String what, BooleanSupplier question) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!question.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s; last seen: %s", what, find()).isLessThan(end);
      bringPods();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** What the controllers of Kubernetes do. */
  private void bringPods() {
    List<Deployment> wanted = user.apps().deployments().inNamespace(NAMESPACE).list().getItems();
    List<Pod> there = user.pods().inNamespace(NAMESPACE).list().getItems();
    wanted.stream()
        .map(WireWorld::pod)
        .filter(pod -> there.stream().noneMatch(other -> name(other).equals(name(pod))))
        .forEach(pod -> user.resource(pod).create());
    there.stream()
        .filter(pod -> wanted.stream().noneMatch(owner -> name(pod(owner)).equals(name(pod))))
        .forEach(pod -> user.resource(pod).delete());
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  private static Pod pod(Deployment deployment) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(deployment.getMetadata().getName() + "-pod")
        .withNamespace(NAMESPACE)
        .withLabels(deployment.getMetadata().getLabels())
        .endMetadata()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private URI address(int revision) {
    return flinks.computeIfAbsent(revision, number -> startFlink()).uri();
  }

  private ScriptedFlink startFlink() {
    ScriptedFlink flink = ScriptedFlink.start().automatic();
    flink.jars(Set.of(Executor.JAR));
    flink.onSnapshot((location, what) -> written(location));
    return flink;
  }

  private void written(String location) {
    SnapshotPath path = SnapshotPath.parse(location);
    store.put(
        path.resolve("_metadata"),
        Sample.CANONICAL_INLINE.metadata(InMemorySnapshotStore.ACCESS.root().resolve(NAMESPACE)));
  }

  @Override
  public void close() {
    operator.close();
    flinks.values().forEach(ScriptedFlink::close);
    http.close();
    store.close();
    client.close();
    user.close();
  }
}
