package io.streamjob.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.kube.Leadership;
import io.streamjob.operator.manifest.Transport;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.telemetry.HealthServer;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Telemetry;
import io.streamjob.operator.tls.Authority;
import io.streamjob.operator.tls.AuthoritySecret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the operator to the world and runs it. */
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final int HEALTH_PORT = 8080;

  private Main() {}

  /**
   * Runs until the process is told to end.
   *
   * @throws IOException if the port of the health probes is taken
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path file =
        Optional.ofNullable(System.getenv("STREAMJOB_CONFIG"))
            .map(Path::of)
            .orElse(OperatorConfig.DEFAULT_FILE);
    try {
      run(OperatorConfig.read(file));
    } catch (OperatorConfig.InvalidConfigException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void run(OperatorConfig config) throws IOException, InterruptedException {
    var client = new KubernetesClientBuilder().build();
    Clock clock = Clock.systemUTC();
    var leadership = new Leadership(client, client.getNamespace(), identity(), clock, Main::die);
    var telemetry = new Telemetry();
    var started = new AtomicReference<RunningOperator>();
    var health =
        new HealthServer(
            HEALTH_PORT,
            () -> leadership.isWell() && (started.get() == null || started.get().isWell()),
            () -> !leadership.isHeld() || (started.get() != null && started.get().isReady()),
            telemetry::scrape);
    telemetry.watchProcess();
    telemetry.gauge(Metric.LEADER, () -> leadership.isHeld() ? 1 : 0);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started, leadership, health)));
    LOG.info(
        "waiting for the lease: namespaces={} profiles={}",
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        config.profiles().keySet());
    leadership.acquire();
    start(() -> {
      started.set(operator(client, config, clock, leadership, telemetry));
      started.get().start();
    });
  }

  /** Only now: a leader may renew what it is known by. */
  private static RunningOperator operator(
      KubernetesClient client,
      OperatorConfig config,
      Clock clock,
      Leadership leadership,
      Telemetry telemetry) {
    Optional<Authority> authority =
        config.transport() == Transport.MUTUAL_TLS
            ? Optional.of(AuthoritySecret.open(client, client.getNamespace(), clock))
            : Optional.empty();
    HttpOptions options = HttpOptions.defaults();
    return new RunningOperator(
        client,
        new HttpFlinkClient(authority.map(known -> options.with(known.context())).orElse(options)),
        new MinioSnapshotStore(),
        authority.map(Endpoints::byServiceName).orElseGet(Endpoints::byServiceName),
        config,
        clock,
        leadership,
        telemetry);
  }

  /** Never that of another process: a container that is started again keeps its pod's name. */
  private static String identity() {
    String pod = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("operator");
    return pod + "_" + UUID.randomUUID();
  }

  /** At once, and without the hooks, for somebody else leads by now. */
  private static void die() {
    Runtime.getRuntime().halt(1);
  }

  /** A leader that cannot start makes room for another. */
  private static void start(Runnable operator) {
    try {
      operator.run();
      LOG.info("started");
    } catch (RuntimeException e) {
      LOG.error("the operator cannot start", e);
      System.exit(1);
    }
  }

  /** The Lease goes back only when nothing is done any more. */
  private static void end(
      AtomicReference<RunningOperator> started, Leadership leadership, HealthServer health) {
    Optional.ofNullable(started.get()).ifPresent(RunningOperator::close);
    leadership.close();
    health.close();
  }
}
