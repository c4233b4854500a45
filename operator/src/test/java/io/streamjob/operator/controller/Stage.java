package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.act.SavepointExecutor;
import io.streamjob.operator.act.StorageAccesses;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.spec.SpecParser;
import io.streamjob.operator.core.upgrade.Interest;
import io.streamjob.operator.core.upgrade.Limits;
import io.streamjob.operator.flink.GuardedFlink;
import io.streamjob.operator.flink.HttpFlinkClient;
import io.streamjob.operator.flink.HttpOptions;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.WatcherOptions;
import io.streamjob.operator.kube.MeteredCluster;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.observe.Observer;
import io.streamjob.operator.observe.SavedCluster;
import io.streamjob.operator.storage.GuardedStore;
import io.streamjob.operator.telemetry.Redactor;
import io.streamjob.operator.telemetry.Telemetry;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One life of the operator's process on a {@link Scene}: the real passes, watcher and calls, driven
 * without the SDK. Time goes on only when nothing has happened that wakes a pass.
 */
final class Stage implements AutoCloseable {

  private static final Duration QUIET = Duration.ofMinutes(10);
  private static final int MAX_ROUNDS = 600;
  private static final WatcherOptions FAST =
      new WatcherOptions(
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofSeconds(10),
          64);
  private static final Limits LIMITS =
      new Limits(Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMinutes(3), 3);

  final Scene scene;
  final SpyFlink flink;
  private final HttpFlinkClient http =
      new HttpFlinkClient(
          new HttpOptions(
              Duration.ofSeconds(2),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              4 << 20,
              Optional.empty()));
  private final Set<String> awake = ConcurrentHashMap.newKeySet();
  final Telemetry telemetry = new Telemetry();
  private final JobWatcher watcher;
  private final Calls calls;
  private final StreamJobPass jobPass;
  private final SavepointPass savepointPass;
  private final Observer observer;
  private final SpecParser parser;
  private final Set<URI> watched = new HashSet<>();
  private int passes;

  Stage(Scene scene) {
    this.scene = scene;
    var redactor = new Redactor();
    var cluster = new MeteredCluster(scene.cluster, telemetry);
    var store = new GuardedStore(scene.storage, telemetry, redactor);
    flink = new SpyFlink(new GuardedFlink(http, telemetry, redactor), scene);
    watcher = new JobWatcher(flink, FAST, this::wake);
    calls = new Calls(scene.hands, this::wake, () -> {});
    var storage = new StorageAccesses(cluster, scene.profiles, redactor);
    var executor = new Executor(cluster, flink, store, storage, calls, this::rest);
    jobPass = new StreamJobPass(cluster, executor, calls, watcher, LIMITS, scene.hands, telemetry);
    observer = new Observer(watcher, calls, this::rest, storage, redactor);
    parser = new SpecParser(scene.profiles);
    savepointPass =
        new SavepointPass(
            cluster,
            new SavepointExecutor(flink, store, storage, calls, this::sameByAnotherName),
            calls,
            new SavedCluster(watcher, this::sameByAnotherName, cluster, storage),
            scene.hands,
            telemetry);
  }

  private URI rest(Names names, int revision) {
    return scene.address(revision);
  }

  /** So that the looks for Savepoints can be told from those for jobs. */
  private URI sameByAnotherName(Names names, int revision) {
    return URI.create(scene.address(revision).toString().replace("127.0.0.1", "localhost"));
  }

  /** Passes over the job so far. */
  int passes() {
    return passes;
  }

  /** Runs until nothing is left to do but to wait for something to happen. */
  Stage settle() {
    return settle(Integer.MAX_VALUE);
  }

  /** The same, for at most so many passes over the job: then the process is gone. */
  Stage settle(int maxPasses) {
    for (int round = 0; round < MAX_ROUNDS && passes < maxPasses; round++) {
      awake.clear();
      Duration recheck = round();
      if (passes >= maxPasses) {
        return this;
      }
      if (recheck.compareTo(Duration.ofMillis(1)) > 0) {
        look();
        if (awake.isEmpty()) {
          if (recheck.compareTo(QUIET) >= 0) {
            return this;
          }
          scene.hands.move(recheck.plusMillis(1));
        }
      }
    }
    if (passes < maxPasses) {
      throw new AssertionError(
          "it never settles: " + scene.cluster.events() + scene.job().getStatus());
    }
    return this;
  }

  /** So many times passes over everything until nothing wakes them, some seconds apart. */
  Stage rounds(int count) {
    for (int i = 0; i < count; i++) {
      int repeats = 0;
      do {
        awake.clear();
        round();
        look();
        repeats++;
      } while (!awake.isEmpty() && repeats < 20);
      scene.hands.move(Duration.ofSeconds(6));
    }
    return this;
  }

  /** A pass over everything; returns when to look again at the latest. */
  Duration round() {
    watched.clear();
    Duration recheck = QUIET;
    for (Savepoint savepoint : cached(Savepoint.class)) {
      recheck = shorter(recheck, guarded(() -> pass(savepoint)));
    }
    for (StreamJob job : cached(StreamJob.class)) {
      recheck = shorter(recheck, guarded(() -> pass(job)));
    }
    return recheck;
  }

  private interface Pass {
    Optional<Duration> run();
  }

  /** As the SDK does: what fails is tried again soon. */
  private static Optional<Duration> guarded(Pass pass) {
    try {
      return pass.run();
    } catch (KubernetesClientException e) {
      return Optional.of(Duration.ofMillis(200));
    }
  }

  private static Duration shorter(Duration one, Optional<Duration> other) {
    return other.filter(next -> next.compareTo(one) < 0).orElse(one);
  }

  private <T extends HasMetadata> List<T> cached(Class<T> type) {
    return scene.cluster.cached().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private Optional<Duration> pass(StreamJob cached) {
    passes++;
    StreamJob job = jobPass.newest(cached);
    List<HasMetadata> parts =
        scene.cluster.cached().stream()
            .filter(object -> object.getMetadata().getLabels() != null)
            .filter(object -> object.getMetadata().getLabels().containsKey(Names.REVISION))
            .toList();
    StreamJobPass.Result result =
        jobPass.run(
            job,
            parser.parse(job),
            state -> {
              Interest.of(job.getMetadata().getUid(), state).keySet().stream()
                  .filter(revision -> exists(parts, revision))
                  .forEach(revision -> watched.add(rest(Scene.NAMES, revision)));
              return observer.observe(
                  job,
                  state,
                  parts,
                  cached(Savepoint.class).stream()
                      .filter(savepoint -> Sources.concerns(job, savepoint))
                      .toList());
            });
    if (result.isReleased()) {
      scene.cluster.remove(job);
      watched.clear();
    }
    return Optional.of(result.recheckAfter());
  }

  private static boolean exists(List<HasMetadata> parts, int revision) {
    return parts.stream()
        .anyMatch(
            part -> Scene.revision(part) == revision && !(part instanceof ControllerRevision));
  }

  private Optional<Duration> pass(Savepoint cached) {
    Savepoint savepoint = savepointPass.newest(cached);
    if (savepoint.isMarkedForDeletion()) {
      Optional<Duration> recheck = savepointPass.delete(savepoint, cached(StreamJob.class));
      if (recheck.isEmpty()) {
        scene.cluster.remove(savepoint);
      } else {
        watch(savepoint);
      }
      return recheck;
    }
    Optional<Duration> recheck = savepointPass.run(savepoint, cached(StreamJob.class));
    if (recheck.isPresent()) {
      watch(savepoint);
    }
    return recheck;
  }

  private void watch(Savepoint savepoint) {
    if (savepoint.getSpec().source().job().attempt() == null) {
      new SavepointSources(savepoint, Optional.empty())
          .state(scene.hands.instant())
          .known()
          .flatMap(SavepointState::attempt)
          .ifPresent(attempt -> watched.add(sameByAnotherName(Scene.NAMES, attempt.revision())));
    }
  }

  /** Waits until every call was answered and every cluster was looked at since. */
  private void look() {
    awaitCalls();
    watched.forEach(flink::awaitLook);
  }

  private void wake(String uid) {
    awake.add(uid);
    synchronized (awake) {
      awake.notifyAll();
    }
  }

  private void awaitCalls() {
    synchronized (awake) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (calls.underWay() > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("calls are not answered");
        }
        try {
          awake.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError(e);
        }
      }
    }
  }

  @Override
  public void close() {
    watcher.close();
    http.close();
  }
}
