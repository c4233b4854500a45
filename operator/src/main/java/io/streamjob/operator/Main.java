package io.streamjob.operator;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.kube.Leadership;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.telemetry.HealthServer;
import io.streamjob.operator.telemetry.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
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
    var operator =
        new RunningOperator(
            client,
            new HttpFlinkClient(HttpOptions.defaults()),
            new MinioSnapshotStore(),
            Endpoints.byServiceName(),
            config,
            clock,
            leadership);
    var health =
        new HealthServer(
            HEALTH_PORT,
            () -> operator.isWell() && leadership.isWell(),
            () -> operator.isReady() || !leadership.isHeld(),
            operator.telemetry()::scrape);
    operator.telemetry().watchProcess();
    operator.telemetry().gauge(Metric.LEADER, () -> leadership.isHeld() ? 1 : 0);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(operator, leadership, health)));
    LOG.info(
        "waiting for the lease: namespaces={} profiles={}",
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        config.profiles().keySet());
    leadership.acquire();
    start(operator);
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
  private static void start(RunningOperator operator) {
    try {
      operator.start();
      LOG.info("started");
    } catch (RuntimeException e) {
      LOG.error("the operator cannot start", e);
      System.exit(1);
    }
  }

  /** The Lease goes back only when nothing is done any more. */
  private static void end(RunningOperator operator, Leadership leadership, HealthServer health) {
    operator.close();
    leadership.close();
    health.close();
  }
}
