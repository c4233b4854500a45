package io.streamjob.operator;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.telemetry.HealthServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
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
  public static void main(String[] args) throws IOException {
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

  private static void run(OperatorConfig config) throws IOException {
    var operator =
        new RunningOperator(
            new KubernetesClientBuilder().build(),
            new HttpFlinkClient(HttpOptions.defaults()),
            new MinioSnapshotStore(),
            Endpoints.byServiceName(),
            config,
            Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(operator::close));
    operator.start();
    var health = new HealthServer(HEALTH_PORT, operator::isWell, operator::isReady);
    Runtime.getRuntime().addShutdownHook(new Thread(health::close));
    LOG.info(
        "started: namespaces={} profiles={}",
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        config.profiles().keySet());
  }
}
