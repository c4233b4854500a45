package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What all runs share, the operators' own clients excepted.
 *
 * @param serialization for all clients: it is large, and closed clients are not let go of
 */
record Shared(
    Site site,
    KubernetesClient admin,
    KubernetesSerialization serialization,
    Storage storage,
    Kinds kinds,
    Kubelet kubelet,
    ScheduledExecutorService clock)
    implements AutoCloseable {

  static Shared open(Site site) {
    var serialization = new KubernetesSerialization();
    KubernetesClient admin =
        new KubernetesClientBuilder()
            .withKubernetesSerialization(serialization)
            .withConfig(site.admin())
            .build();
    return new Shared(
        site,
        admin,
        serialization,
        new Storage(site),
        Kinds.discover(admin),
        new Kubelet(admin),
        Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("clock").factory()));
  }

  /** Lets time pass for a world: snapshots end after a while, checkpoints come now and then. */
  Future<?> drive(World world) {
    int[] ticks = {0};
    return clock.scheduleWithFixedDelay(
        () -> {
          ticks[0]++;
          world.tick(ticks[0] % 20 == 0);
        },
        100,
        100,
        TimeUnit.MILLISECONDS);
  }

  /** Has something happen in a moment, as what a JobManager writes in the background. */
  void later(Runnable what) {
    Future<?> unused = clock.schedule(what, 200, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    kubelet.close();
    admin.close();
  }
}
