package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.streamjob.operator.manifest.Names;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A JobManager's side of Flink's high availability on Kubernetes: what it keeps of its jobs in its
 * cluster's ConfigMap, if it has one, and takes up again when it starts.
 */
record Recovery(KubernetesClient admin, String namespace, int revision) {

  private static final String PLAN = "executionPlan-";

  /** The jobs that a JobManager which starts now brings back. */
  Set<String> jobs() {
    return find()
        .map(ConfigMap::getData)
        .map(data ->
            data.keySet().stream()
                .filter(key -> key.startsWith(PLAN))
                .map(key -> key.substring(PLAN.length()))
                .collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  /** A job is submitted. */
  void keep(String jobId) {
    edit(data -> data.put(PLAN + jobId, "scripted"));
  }

  /** A job is over for good, its result written. */
  void forget(String jobId) {
    edit(data -> data.remove(PLAN + jobId));
  }

  private Optional<ConfigMap> find() {
    return admin
        .configMaps()
        .inNamespace(namespace)
        .withLabel(Names.REVISION, String.valueOf(revision))
        .list()
        .getItems()
        .stream()
        .filter(map -> map.getMetadata().getName().endsWith("-cluster-config-map"))
        .findFirst();
  }

  private void edit(Consumer<Map<String, String>> change) {
    for (int attempt = 0; attempt < 5; attempt++) {
      Optional<ConfigMap> found = find();
      if (found.isEmpty()) {
        return;
      }
      var data = new HashMap<String, String>();
      Optional.ofNullable(found.get().getData()).ifPresent(data::putAll);
      change.accept(data);
      try {
        // With the version that was read: whoever else edits must not be undone.
        admin.resource(found.get().edit().withData(data).build()).update();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 409 && e.getCode() != 404) {
          throw e;
        }
      }
    }
  }
}
