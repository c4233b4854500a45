package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.streamjob.e2e.crash.Call.Peer;
import io.streamjob.operator.RunningOperator;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One life of the operator's process: the real operator with all of its clients, on a wire. */
final class Life implements AutoCloseable {

  private static final int STORAGE_PORT = 9000;

  private final World world;
  private final String host;
  private final Wire wire = new Wire();
  private final Map<Integer, URI> flinks = new ConcurrentHashMap<>();
  private final KubernetesClient client;
  private final HttpFlinkClient flink = new HttpFlinkClient(HttpOptions.defaults());
  private final MinioSnapshotStore store = new MinioSnapshotStore();
  private final RunningOperator operator;

  private Life(World world, String host) {
    this.world = world;
    this.host = host;
    Site site = world.shared().site();
    // Of the same address in every life: it goes into what is rendered for the job.
    URI storage =
        wire.lead(Peer.S3, new InetSocketAddress(host, STORAGE_PORT), site.storageServer());
    client =
        new KubernetesClientBuilder()
            .withKubernetesSerialization(world.shared().serialization())
            .withConfig(site.operator(wire.lead(Peer.KUBERNETES, anyPort(), site.apiServer())))
            .build();
    operator =
        new RunningOperator(
            client,
            flink,
            store,
            new Addresses(),
            config(storage),
            Clock.systemUTC(),
            () -> {},
            new Telemetry());
  }

  /** Clusters get keys; the scripted ones do not use them. */
  private final class Addresses implements Endpoints {
    @Override
    public URI rest(Names names, int revision) {
      return address(revision);
    }

    @Override
    public Optional<ClusterKeys> keys() {
      return Optional.of((names, revision) -> Map.of(ClusterKeys.INTERNAL, ""));
    }
  }

  /**
   * Starts an operator.
   *
   * @param host an address of this machine that this run has for itself
   */
  static Life start(World world, String host) {
    var life = new Life(world, host);
    life.operator.start();
    return life;
  }

  private InetSocketAddress anyPort() {
    return new InetSocketAddress(host, 0);
  }

  private URI address(int revision) {
    return flinks.computeIfAbsent(
        revision, number -> wire.lead(Peer.FLINK, anyPort(), world.jobManager(number)));
  }

  private OperatorConfig config(URI storage) {
    try {
      Path file = Files.createTempFile("operator", ".yaml");
      Files.writeString(
          file,
          """
          namespaces: [%s]
          storage:
            profiles:
              default: {uri: "s3://%s/jobs", endpoint: "%s", secretName: streamjob-storage}
          """
              .formatted(world.namespace(), Site.BUCKET, storage));
      OperatorConfig config = OperatorConfig.read(file);
      Files.delete(file);
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Wire wire() {
    return wire;
  }

  /** Ends the process: the wire first, as everything that it still does is lost. */
  @Override
  public void close() {
    wire.close();
    client.close();
    operator.close();
    flink.close();
    store.close();
  }
}
