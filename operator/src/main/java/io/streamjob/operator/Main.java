package io.streamjob.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.act.SavepointExecutor;
import io.streamjob.operator.act.StorageAccesses;
import io.streamjob.operator.config.OperatorConfig;
import io.streamjob.operator.controller.SavepointPass;
import io.streamjob.operator.controller.SavepointReconciler;
import io.streamjob.operator.controller.StreamJobPass;
import io.streamjob.operator.controller.StreamJobReconciler;
import io.streamjob.operator.controller.Wakeups;
import io.streamjob.operator.controller.Watchdog;
import io.streamjob.operator.core.spec.SpecParser;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.WatcherOptions;
import io.streamjob.operator.kube.Fabric8Cluster;
import io.streamjob.operator.observe.Observer;
import io.streamjob.operator.observe.SavedCluster;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.telemetry.HealthServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the operator and runs it. */
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final int HEALTH_PORT = 8080;
  private static final Duration SHUTDOWN = Duration.ofSeconds(10);

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
    var client = new KubernetesClientBuilder().build();
    var cluster = new Fabric8Cluster(client);
    var wakeups = new Wakeups();
    var clock = Clock.systemUTC();
    var flink = new HttpFlinkClient(HttpOptions.defaults());
    var watcher = new JobWatcher(flink, WatcherOptions.defaults(), wakeups::wake);
    var store = new MinioSnapshotStore();
    var storage = new StorageAccesses(cluster, config.profiles());
    var calls = new Calls(clock, wakeups::wake);
    Endpoints endpoints = Endpoints.byServiceName();
    var executor = new Executor(cluster, flink, store, storage, calls, endpoints);
    var jobs =
        new StreamJobReconciler(
            new SpecParser(config.profiles()),
            new Observer(watcher, calls, endpoints),
            new StreamJobPass(cluster, executor, calls, watcher, config.limits(), clock),
            wakeups,
            clock);
    var savepoints =
        new SavepointReconciler(
            new SavepointPass(
                cluster,
                new SavepointExecutor(flink, store, storage, calls, endpoints),
                calls,
                new SavedCluster(watcher, endpoints, cluster),
                clock),
            wakeups,
            clock);

    var operator =
        new Operator(overrider ->
            overrider
                .withKubernetesClient(client)
                .withConcurrentReconciliationThreads(16)
                .checkingCRDAndValidateLocalModel(false));
    operator.register(jobs, configuration -> Main.<StreamJob>configure(configuration, config));
    operator.register(
        savepoints, configuration -> Main.<Savepoint>configure(configuration, config));
    operator.installShutdownHook(SHUTDOWN);
    operator.start();
    List<Watchdog> watchdogs = List.of(jobs.watchdog(), savepoints.watchdog());
    Future<?> unused =
        Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("watchdog").factory())
            .scheduleWithFixedDelay(() -> watchdogs.forEach(Main::check), 30, 30, TimeUnit.SECONDS);
    var health =
        new HealthServer(
            HEALTH_PORT,
            () -> watchdogs.stream().allMatch(Watchdog::isWell),
            () -> operator.getRuntimeInfo().isStarted());
    Runtime.getRuntime().addShutdownHook(new Thread(health::close));
    LOG.info(
        "started: namespaces={} profiles={}",
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        config.profiles().keySet());
  }

  private static void check(Watchdog watchdog) {
    try {
      watchdog.check();
    } catch (RuntimeException e) {
      LOG.warn("the watchdog failed, and looks again", e);
    }
  }

  private static <R extends HasMetadata> void configure(
      ControllerConfigurationOverrider<R> controller, OperatorConfig config) {
    if (config.namespaces().isEmpty()) {
      controller.watchingAllNamespaces();
    } else {
      controller.settingNamespaces(config.namespaces());
    }
    controller.withRetry(
        new GenericRetry()
            .setInitialInterval(200)
            .setIntervalMultiplier(2)
            .setMaxInterval(30_000)
            .withoutMaxAttempts());
  }
}
