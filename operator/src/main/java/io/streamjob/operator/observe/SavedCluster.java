package io.streamjob.operator.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.operator.act.Endpoints;
import io.streamjob.operator.act.StorageAccesses;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.flink.Pace;
import io.streamjob.operator.flink.Target;
import io.streamjob.operator.flink.TriggerKey;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.manifest.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at the cluster that was asked for a savepoint, whatever its job runs on by now. */
public final class SavedCluster {

  private final JobWatcher watcher;
  private final Endpoints endpoints;
  private final Cluster cluster;
  private final StorageAccesses storage;

  public SavedCluster(
      JobWatcher watcher, Endpoints endpoints, Cluster cluster, StorageAccesses storage) {
    this.watcher = watcher;
    this.endpoints = endpoints;
    this.cluster = cluster;
    this.storage = storage;
  }

  /** Follows an attempt; returns the last look, or nothing once nothing is left of the cluster. */
  public Optional<ClusterView> follow(Savepoint savepoint, Attempt attempt) {
    storage.learn(savepoint.getMetadata().getNamespace());
    String uid = savepoint.getMetadata().getUid();
    var names =
        new Names(
            savepoint.getMetadata().getNamespace(), savepoint.getSpec().source().job().name());
    String name = names.revision(attempt.revision());
    watcher.follow(
        uid,
        Set.of(
            new Target(
                name,
                endpoints.rest(names, attempt.revision()),
                Set.of(attempt.jobId()),
                Set.of(new TriggerKey(attempt.jobId(), attempt.operationId())),
                Pace.BUSY)));
    ClusterView view = watcher.view(uid, name);
    return switch (view) {
      case ClusterView.Reachable answers -> Optional.of(view);
      case ClusterView.Unreachable silent ->
          Optional.of(view)
              .filter(unseen ->
                  unseen.equals(ClusterView.NOT_ASKED) || remains(names, attempt.revision()));
    };
  }

  /** Stops following. */
  public void leave(String uid) {
    watcher.forget(uid);
  }

  /** Asks the API server, not a cache: that a cluster is gone is concluded for good. */
  private boolean remains(Names names, int revision) {
    List<HasMetadata> objects =
        Stream.<HasMetadata>concat(
                cluster.list(Deployment.class, names.namespace()).stream(),
                cluster.list(Pod.class, names.namespace()).stream())
            .filter(object -> isOf(names.job(), object))
            .toList();
    return new Snapshot("", objects).remains(revision) > 0;
  }

  private static boolean isOf(String job, HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels != null && job.equals(labels.get(Names.JOB));
  }
}
