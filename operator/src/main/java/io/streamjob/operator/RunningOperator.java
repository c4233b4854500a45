package io.streamjob.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import io.streamjob.operator.controller.PassMetrics;
import io.streamjob.operator.controller.SavepointPass;
import io.streamjob.operator.controller.SavepointReconciler;
import io.streamjob.operator.controller.StreamJobPass;
import io.streamjob.operator.controller.StreamJobReconciler;
import io.streamjob.operator.controller.Wakeups;
import io.streamjob.operator.controller.Watchdog;
import io.streamjob.operator.core.spec.SpecParser;
import io.streamjob.operator.flink.FlinkClient;
import io.streamjob.operator.flink.GuardedFlink;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.WatcherOptions;
import io.streamjob.operator.kube.Fabric8Cluster;
import io.streamjob.operator.kube.Mandate;
import io.streamjob.operator.kube.MeteredCluster;
import io.streamjob.operator.observe.Observer;
import io.streamjob.operator.observe.SavedCluster;
import io.streamjob.operator.storage.GuardedStore;
import io.streamjob.operator.storage.SnapshotStore;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Redactor;
import io.streamjob.operator.telemetry.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator, wired from its ports, which stay their owner's to close. Several may live in one
 * process: nothing of it is static.
 */
public final class RunningOperator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningOperator.class);
  private static final int PASSES_AT_A_TIME = 16;
  private static final Duration SHUTDOWN = Duration.ofSeconds(10);
  private static final int CHECK_SECONDS = 30;

  private final OperatorConfig config;
  private final JobWatcher watcher;
  private final StreamJobReconciler jobs;
  private final SavepointReconciler savepoints;
  private final List<Watchdog> watchdogs;
  private final Operator controllers;
  private final ThreadPoolExecutor threads =
      (ThreadPoolExecutor)
          Executors.newFixedThreadPool(
              PASSES_AT_A_TIME, Thread.ofPlatform().name("reconcile-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());

  /**
   * An operator that does nothing yet.
   *
   * @param mandate without which it changes nothing
   */
  public RunningOperator(
      KubernetesClient client,
      FlinkClient flink,
      SnapshotStore store,
      Endpoints endpoints,
      OperatorConfig config,
      Clock clock,
      Mandate mandate,
      Telemetry telemetry) {
    this.config = config;
    var cluster = new MeteredCluster(new Fabric8Cluster(client, mandate), telemetry);
    var redactor = new Redactor();
    var guarded = new GuardedFlink(flink, telemetry, redactor);
    var guardedStore = new GuardedStore(store, telemetry, redactor);
    var wakeups = new Wakeups();
    watcher = new JobWatcher(guarded, WatcherOptions.defaults(), wakeups::wake);
    var storage = new StorageAccesses(cluster, config.profiles(), redactor);
    var calls = new Calls(clock, wakeups::wake, mandate);
    var executor = new Executor(cluster, guarded, guardedStore, storage, calls, endpoints);
    jobs =
        new StreamJobReconciler(
            new SpecParser(config.profiles()),
            new Observer(watcher, calls, endpoints, storage, redactor),
            new StreamJobPass(cluster, executor, calls, watcher, config.limits(), clock, telemetry),
            wakeups,
            clock);
    savepoints =
        new SavepointReconciler(
            new SavepointPass(
                cluster,
                new SavepointExecutor(guarded, guardedStore, storage, calls, endpoints),
                calls,
                new SavedCluster(watcher, endpoints, cluster, storage),
                clock,
                telemetry),
            wakeups,
            clock);
    watchdogs = List.of(jobs.watchdog(), savepoints.watchdog());
    telemetry.gauge(Metric.QUEUE, threads.getQueue()::size, "reconcile");
    telemetry.gauge(Metric.QUEUE, calls::underWay, "calls");
    telemetry.gauge(Metric.QUEUE, watcher::waiting, "polls");
    telemetry.gauge(Metric.QUEUE, store::waiting, "storage");
    controllers =
        new Operator(overrider ->
            overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(threads)
                .withMetrics(new PassMetrics(telemetry))
                .withReconciliationTerminationTimeout(SHUTDOWN)
                .checkingCRDAndValidateLocalModel(false));
  }

  /** Starts to work; returns once the caches are filled. */
  public void start() {
    controllers.register(jobs, this::<StreamJob>configure);
    controllers.register(savepoints, this::<Savepoint>configure);
    controllers.start();
    Future<?> unused =
        timer.scheduleWithFixedDelay(
            () -> watchdogs.forEach(RunningOperator::check),
            CHECK_SECONDS,
            CHECK_SECONDS,
            TimeUnit.SECONDS);
  }

  private static void check(Watchdog watchdog) {
    try {
      watchdog.check();
    } catch (RuntimeException e) {
      LOG.warn("the watchdog failed, and looks again", e);
    }
  }

  private <R extends HasMetadata> void configure(ControllerConfigurationOverrider<R> controller) {
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

  /** Whether a restart would not help. */
  public boolean isWell() {
    return watchdogs.stream().allMatch(Watchdog::isWell);
  }

  /** Whether caches are filled and reconcilers run. */
  public boolean isReady() {
    return controllers.getRuntimeInfo().isStarted();
  }

  /** Ends all passes, waiting up to 10 s for those under way, and then every thread of its own. */
  @Override
  public void close() {
    timer.shutdownNow();
    controllers.stop();
    threads.shutdown();
    watcher.close();
  }
}
